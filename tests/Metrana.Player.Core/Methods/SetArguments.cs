using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>What the calls that log histograms and scatters have in common: one of them, or a list of them.</summary>
internal static class SetArguments
{
    /// <summary>The parts of each: a tuple is one, a list holds many.</summary>
    public static IReadOnlyList<IReadOnlyList<ScriptValue>> Items(Arguments arguments, string name)
    {
        var items = arguments.Required(name) switch
        {
            ListValue { IsTuple: true } one => [one],
            ListValue list => list.Items,
            var other => throw RefusalException.Type($"{name}: a tuple or a list of tuples is needed, not '{other.TypeName}'"),
        };
        return [.. items.Select(item => item is ListValue parts
            ? parts.Items
            : throw RefusalException.Type($"{name}: a tuple is needed, not '{item.TypeName}'"))];
    }

    /// <summary>Whether there is one alone: then what it has may be given without a list around it.</summary>
    public static bool IsOne(Arguments arguments, string name) => arguments.Required(name) is ListValue { IsTuple: true };

    /// <summary>A step for each.</summary>
    public static long[] Steps(Arguments arguments, bool one)
    {
        var steps = one && arguments.Required("steps") is (IntegerValue or BoolValue or ArrayValue { Shape.Count: 0 })
            ? [arguments.Count("steps")]
            : Columns.OptionalInt64s(arguments, "steps") ?? throw RefusalException.Type("steps: steps are needed, not None");
        return Array.TrueForAll(steps, step => step >= 0)
            ? steps
            : throw RefusalException.Value("steps must not be negative");
    }

    /// <summary>A column of floats, of one dimension.</summary>
    public static double[] Doubles(ScriptValue value, string name) => Column(value, name).ToDoubles();

    /// <summary>A column of counts, of one dimension.</summary>
    public static ulong[] Counts(ScriptValue value, string name) => Column(value, name).ToCounts();

    private static NumericArray Column(ScriptValue value, string name)
    {
        var array = NumericArray.From(value, name);
        return array.Rank == 1 ? array : throw RefusalException.Type($"{name}: one dimension is needed, not {array.Rank}");
    }
}
