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
        TextValue text => WrittenNumbers.Double(text.Value)
            ?? throw RefusalException.Value($"{argument}: could not convert string to float: '{text.Value}'"),
        _ => throw RefusalException.Type($"{argument}: a number is needed, not '{value.TypeName}'"),
    };

    /// <summary>As a 64-bit integer; a float loses its fraction.</summary>
    public static long ToInt64(ScriptValue value, string argument) => value switch
    {
        BoolValue truth => truth.Value ? 1 : 0,
        IntegerValue number => ToInt64(number.Value, argument),
        FloatValue { Value: var number } when double.IsFinite(number) => ToInt64(new BigInteger(number), argument),
        FloatValue number => throw RefusalException.Value($"{argument}: cannot convert {number.Value} to integer"),
        TextValue text => ToInt64(
            WrittenNumbers.Integer(text.Value) ?? throw RefusalException.Value($"{argument}: '{text.Value}' is no integer"), argument),
        _ => throw RefusalException.Type($"{argument}: an integer is needed, not '{value.TypeName}'"),
    };

    /// <summary>As a 64-bit integer by the conversion of typed arrays: what has no place there becomes the least of them.</summary>
    public static long Cast(double number) => number is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)number : long.MinValue;

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
