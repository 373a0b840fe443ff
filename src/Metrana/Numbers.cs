using System.Runtime.InteropServices;
using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

/// <summary>Values of any type of number as the engine takes them: double and float as they are, everything else widened.</summary>
internal static class Numbers
{
    /// <summary>Logs values of an ordinary series. The answer is the last of them, for the lines at the end of the run.</summary>
    public static double? Log(Backend backend, scoped in StdCall call, scoped in Values values)
    {
        if (values.AreFloats)
        {
            backend.Log(call, values.Floats);
            return Last(values.Floats);
        }

        using Values.Widened wide = values.AreOthers ? values.Widen() : default;
        ReadOnlySpan<double> doubles = values.AreOthers ? wide.Span : values.Doubles;
        backend.Log(call, doubles);
        return Last(doubles);
    }

    /// <summary>The same of a reinforcement-learning series.</summary>
    /// <param name="backend">Where they go.</param>
    /// <param name="block">What goes with them.</param>
    /// <param name="values">The values.</param>
    /// <param name="where">Which environments are logged; empty logs all.</param>
    public static double? Log(Backend backend, scoped in RlBlock block, scoped in Values values, ReadOnlySpan<bool> where)
    {
        if (values.AreFloats)
        {
            return LogRows(backend, block, values.Floats, where);
        }

        using Values.Widened wide = values.AreOthers ? values.Widen() : default;
        return LogRows(backend, block, values.AreOthers ? wide.Span : values.Doubles, where);
    }

    /// <summary>A collection as values: as it is where it lies in one piece, else a copy.</summary>
    public static ReadOnlySpan<T> Span<T>(IReadOnlyCollection<T> values) => values switch
    {
        null => throw new ArgumentNullException(nameof(values)),
        T[] array => array,
        List<T> list => CollectionsMarshal.AsSpan(list),
        _ => values.ToArray(),
    };

    private static double? LogRows(Backend backend, scoped in RlBlock block, ReadOnlySpan<double> values, ReadOnlySpan<bool> where)
    {
        if (where.IsEmpty)
        {
            backend.Log(block, values);
            return Last(values);
        }

        using RowsOf<double> rows = new(block, values, where);
        if (rows.Any)
        {
            backend.Log(rows.Block, rows.Values);
        }

        return Last(rows.Values);
    }

    private static double? LogRows(Backend backend, scoped in RlBlock block, ReadOnlySpan<float> values, ReadOnlySpan<bool> where)
    {
        if (where.IsEmpty)
        {
            backend.Log(block, values);
            return Last(values);
        }

        using RowsOf<float> rows = new(block, values, where);
        if (rows.Any)
        {
            backend.Log(rows.Block, rows.Values);
        }

        return Last(rows.Values);
    }

    private static double? Last(ReadOnlySpan<double> values) => values.IsEmpty ? null : values[^1];

    private static double? Last(ReadOnlySpan<float> values) => values.IsEmpty ? null : values[^1];
}
