using System.Globalization;
using System.Numerics;

namespace Metrana.Player.Values;

/// <summary>What a single written value is as a number of some type.</summary>
internal static class Numbers
{
    /// <summary>As a double; none at all is NaN.</summary>
    public static double ToDouble(ScriptValue value, string argument) => value switch
    {
        NoneValue => BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000),
        BoolValue truth => truth.Value ? 1 : 0,
        FloatValue number => number.Value,
        IntegerValue number => ToDouble(number.Value, argument),
        TextValue text => throw RefusalException.Value($"{argument}: could not convert string to float: '{text.Value}'"),
        _ => throw RefusalException.Type($"{argument}: a number is needed, not '{value.TypeName}'"),
    };

    /// <summary>As a 64-bit integer; a float loses its fraction.</summary>
    public static long ToInt64(ScriptValue value, string argument) => value switch
    {
        BoolValue truth => truth.Value ? 1 : 0,
        IntegerValue number => ToInt64(number.Value, argument),
        FloatValue { Value: var number } when double.IsFinite(number) => ToInt64(new BigInteger(number), argument),
        FloatValue number => throw RefusalException.Value($"{argument}: cannot convert {number.Value} to integer"),
        TextValue text => throw RefusalException.Value($"{argument}: '{text.Value}' is no integer"),
        _ => throw RefusalException.Type($"{argument}: an integer is needed, not '{value.TypeName}'"),
    };

    /// <summary>As a count: a float must be whole already.</summary>
    public static ulong ToCount(ScriptValue value, string argument)
    {
        var number = value switch
        {
            BoolValue truth => truth.Value ? 1 : 0,
            IntegerValue integer => integer.Value,
            FloatValue { Value: var real } when double.IsInteger(real) => new BigInteger(real),
            FloatValue real => throw RefusalException.Value($"{argument}: {real.Value} is no count"),
            _ => throw RefusalException.Type($"{argument}: a count is needed, not '{value.TypeName}'"),
        };
        return number >= ulong.MinValue && number <= ulong.MaxValue
            ? (ulong)number
            : throw RefusalException.Value($"{argument}: {number} is no count");
    }

    public static long ToInt64(BigInteger value, string argument) => value >= long.MinValue && value <= long.MaxValue
        ? (long)value
        : throw RefusalException.Overflow($"{argument}: {value} does not fit 64 bits");

    // Parsed from its digits, because that rounds to nearest; the conversion operator cuts.
    private static double ToDouble(BigInteger value, string argument)
    {
        var number = value >= long.MinValue && value <= long.MaxValue
            ? (long)value
            : double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? number : throw RefusalException.Overflow($"{argument}: int too large to convert to float");
    }
}
