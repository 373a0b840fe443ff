using System.Buffers;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// A reinforcement-learning call without the rows that are not wanted: everything that is given for each environment or for
/// each value is copied together, in memory that goes back to its pool.
/// </summary>
internal readonly ref struct RlSubset<T>
    where T : unmanaged
{
    private readonly T[] _values;
    private readonly uint[] _ids;
    private readonly long[] _columns;
    private readonly int _count;

    /// <param name="call">The whole call.</param>
    /// <param name="values">Its values, row by row.</param>
    /// <param name="ids">Its rows.</param>
    /// <param name="where">Which of the rows are wanted.</param>
    /// <exception cref="MetricValidationException">There is not one answer for each row.</exception>
    public RlSubset(scoped in RlCall call, scoped ReadOnlySpan<T> values, scoped ReadOnlySpan<uint> ids, scoped ReadOnlySpan<bool> where)
    {
        int rows = ids.Length;
        if (where.Length != rows)
        {
            throw MetricValidationException.Of(
                $"'where' has {Wording.Count(where.Length, "answer")} for {Wording.Count(rows, "environment")}: give one for each of them.");
        }

        int width = rows == 0 ? 0 : values.Length / rows;
        Rows = where.Count(true);
        _count = Rows * width;
        _values = ArrayPool<T>.Shared.Rent(_count);
        _ids = ArrayPool<uint>.Shared.Rent(Rows);
        _columns = ArrayPool<long>.Shared.Rent(3 * Math.Max(_count, Rows));
        Copy(ids, where, 1, _ids);
        Copy(values, where, width, _values);
        int room = _columns.Length / 3;
        Call = call.With(
            Pick(call.Episodes.Spread, rows, width, where, _columns.AsSpan(0, room)),
            Pick(call.Steps.Spread, rows, width, where, _columns.AsSpan(room, room)),
            Pick(call.Timestamps.Spread, rows, width, where, _columns.AsSpan(2 * room, room)),
            Rows);
    }

    /// <summary>How many rows are wanted.</summary>
    public int Rows { get; }

    /// <summary>The call with them alone.</summary>
    public RlCall Call { get; }

    public ReadOnlySpan<T> Values => _values.AsSpan(0, _count);

    public ReadOnlySpan<uint> Environments => _ids.AsSpan(0, Rows);

    public void Dispose()
    {
        ArrayPool<T>.Shared.Return(_values);
        ArrayPool<uint>.Shared.Return(_ids);
        ArrayPool<long>.Shared.Return(_columns);
    }

    private static Spread Pick(scoped Spread spread, int rows, int width, scoped ReadOnlySpan<bool> where, Span<long> room)
    {
        Spread whole = spread.For(rows, rows * width);
        switch (whole.Kind)
        {
            case SpreadKind.PerEnvironment when whole.Values.Length == rows:
                return Spread.PerEnvironment(Copy(whole.Values, where, 1, room));
            case SpreadKind.Grid when whole.Values.Length == rows * width:
                return Spread.Grid(Copy(whole.Values, where, width, room));
            case SpreadKind.PerEnvironment or SpreadKind.Grid:
                throw MetricValidationException.Of(
                    $"{whole.Values.Length} steps, episodes or timestamps do not fit {rows} environments with {width} values each: "
                        + "with 'where', give one for each environment or for each value, as without it.");
            default:
                return Spread.Of(whole.Kind, whole.Value);
        }
    }

    private static Span<TItem> Copy<TItem>(
        scoped ReadOnlySpan<TItem> from, scoped ReadOnlySpan<bool> where, int width, Span<TItem> to)
    {
        int length = 0;
        for (int row = 0; row < where.Length; row++)
        {
            if (where[row])
            {
                from.Slice(row * width, width).CopyTo(to[length..]);
                length += width;
            }
        }

        return to[..length];
    }
}
