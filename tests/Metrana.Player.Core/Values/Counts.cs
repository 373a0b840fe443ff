using System.Numerics;

namespace Metrana.Player.Values;

/// <summary>
/// Columns of counts. Unlike other columns they have no type that is asked for: the published client's arrays find one that
/// holds all of them, and what that rounds is rounded.
/// </summary>
internal static class Counts
{
    /// <summary>The counts that single values say, none of them of a typed array.</summary>
    public static ulong[] From(IReadOnlyList<ScriptValue> values, string argument)
    {
        if (values.FirstOrDefault(value => value is not (BoolValue or IntegerValue or FloatValue)) is { } other)
        {
            throw RefusalException.Type($"{argument}: counts are needed, not '{other.TypeName}'");
        }

        // Integers on both sides of 2^63 have no integer type in common but that of floats.
        var integers = values.OfType<IntegerValue>().ToList();
        var asFloats = values.Any(value => value is FloatValue)
            || (integers.Exists(integer => integer.Value > long.MaxValue) && integers.Exists(integer => integer.Value <= long.MaxValue));
        return [.. values.Select(value => asFloats ? Whole(Numbers.ToDouble(value, argument), argument) : Whole(value, argument))];
    }

    /// <summary>A count that is a float: whole, from 0 on, and below 2^64.</summary>
    public static ulong Whole(double value, string argument) => double.IsInteger(value) && value is >= 0 and < 18446744073709551616.0
        ? (ulong)value
        : throw RefusalException.Value($"{argument}: {value} is no count");

    private static ulong Whole(ScriptValue value, string argument)
    {
        var number = value switch
        {
            BoolValue truth => truth.Value ? BigInteger.One : BigInteger.Zero,
            IntegerValue integer => integer.Value,
            _ => throw RefusalException.Type($"{argument}: a count is needed, not '{value.TypeName}'"),
        };
        return number >= ulong.MinValue && number <= ulong.MaxValue
            ? (ulong)number
            : throw RefusalException.Value($"{argument}: {number} is no count");
    }
}
