using System.Buffers;
using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

/// <summary>Some rows of a grid as a grid of their own, in memory that goes back to its pool.</summary>
internal readonly ref struct RowsOf<T>
    where T : unmanaged
{
    private readonly RlSubset<T> _subset;
    private readonly string[] _names;

    /// <param name="block">What goes with the whole grid.</param>
    /// <param name="values">Its values, row by row.</param>
    /// <param name="where">Which of the rows are wanted.</param>
    /// <exception cref="MetricValidationException">The values do not form such a grid, or there is not one answer for each row.</exception>
    public RowsOf(scoped in RlBlock block, scoped ReadOnlySpan<T> values, scoped ReadOnlySpan<bool> where)
    {
        int count = block.Environments.Count;
        RlCall call = new(
            block.Metric, block.RlStep, block.Environments, values.Length, block.Width, block.Episodes, block.Steps, block.Timestamps, block.Strategy, ordered: true);
        uint[] rows = ArrayPool<uint>.Shared.Rent(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                rows[i] = (uint)i;
            }

            _subset = new RlSubset<T>(call, values, rows.AsSpan(0, count), where);
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(rows);
        }

        _names = ArrayPool<string>.Shared.Rent(_subset.Rows);
        (int row, int kept) = (0, 0);
        foreach (string name in block.Environments)
        {
            if (where[row++])
            {
                _names[kept++] = name;
            }
        }

        Block = new RlBlock
        {
            Metric = block.Metric,
            Scale = block.Scale,
            Labels = block.Labels,
            RlStep = block.RlStep,
            Environments = new ReadOnlySpan<string>(_names, 0, kept),
            Episodes = _subset.Call.Episodes,
            Steps = _subset.Call.Steps,
            Timestamps = _subset.Call.Timestamps,
            Strategy = block.Strategy,
            Width = count == 0 ? null : values.Length / count,
        };
    }

    /// <summary>Whether there are any.</summary>
    public bool Any => _subset.Rows > 0;

    /// <summary>What goes with them.</summary>
    public RlBlock Block { get; }

    /// <summary>Their values.</summary>
    public ReadOnlySpan<T> Values => _subset.Values;

    public void Dispose()
    {
        _subset.Dispose();
        ArrayPool<string>.Shared.Return(_names, clearArray: true);
    }
}
