using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>
/// The end of a run, as it grows: each point of an ordinary series, and of reinforcement learning each finished step of the
/// training, its environments taken together.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="runId">The run.</param>
/// <param name="metrics">What is read of it; nothing is everything.</param>
/// <param name="lines">How many of each series are read at first.</param>
internal sealed class RunTail(LocalServer server, string runId, IReadOnlyList<string> metrics, int lines)
{
    private const int AtOnce = 10_000;

    /// <summary>How far each series was read: the number of its points, or the step of the training that comes next.</summary>
    private readonly Dictionary<long, long> _read = [];
    private bool _isFirst = true;

    /// <summary>What came since the last time.</summary>
    /// <param name="isClosed">Whether the last step of the training is finished as well.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<List<TailLine>> ReadAsync(bool isClosed, CancellationToken cancellationToken)
    {
        var all = await server.GetSeriesAsync(runId, cancellationToken);
        List<TailLine> found = [];
        foreach (var series in Wanted(all))
        {
            found.AddRange(series.Family == SeriesFamily.ReinforcementLearning
                ? await RlAsync(series, isClosed, cancellationToken)
                : await StdAsync(series, cancellationToken));
        }

        _isFirst = false;
        return [.. found.OrderBy(line => line.TimestampMillis ?? long.MaxValue).ThenBy(line => line.Step)];
    }

    private IEnumerable<StoredSeries> Wanted(IReadOnlyList<StoredSeries> all)
    {
        // A metric that has not come yet is waited for, unless it was mistyped from the start.
        var fitting = _isFirst && all.Count > 0
            ? SeriesFinder.Find(all, metrics, [], "The run")
            : all.Where(one => metrics.Count == 0 || metrics.Any(pattern => SeriesFinder.Fits(one.Metric, pattern)));
        return fitting.Where(one => one.Kind == SeriesKind.Float);
    }

    private async Task<List<TailLine>> StdAsync(StoredSeries series, CancellationToken cancellationToken)
    {
        if (!_read.TryGetValue(series.Id, out var read))
        {
            // Points that came twice are in the raw list too, so that its length is asked and not that of the series.
            var length = (await server.GetPointsAsync(runId, series.Id, 0, 1, cancellationToken: cancellationToken)).Total;
            read = _isFirst ? length - Math.Min(length, lines) : 0;
        }

        List<TailLine> found = [];
        while (true)
        {
            var page = await server.GetPointsAsync(runId, series.Id, read, AtOnce, cancellationToken: cancellationToken);
            for (var at = 0; at < page.Values.Count; at++)
            {
                found.Add(new TailLine(SeriesFinder.Name(series), page.Steps[at], page.TimestampsMillis[at], page.Values[at]));
            }

            read += page.Values.Count;
            _read[series.Id] = read;
            if (page.Values.Count < AtOnce)
            {
                return found;
            }
        }
    }

    private async Task<List<TailLine>> RlAsync(StoredSeries series, bool isClosed, CancellationToken cancellationToken)
    {
        if (series.LastStep is not { } last)
        {
            return [];
        }

        var end = isClosed && last < long.MaxValue ? last + 1 : last; // Environments may still be in the last one.
        if (!_read.TryGetValue(series.Id, out var next))
        {
            next = _isFirst ? end - Math.Min(end, lines) : 0;
        }

        List<TailLine> found = [];
        while (next < end)
        {
            var count = (int)Math.Min(AtOnce, end - next);
            var query = new CurveQuery
            {
                Curves = [new CurveSource(runId, series.Id)],
                Axis = CurveAxis.RlStep,
                Buckets = count,
                From = next,
                To = next + count,
            };
            var curve = (await server.GetCurvesAsync(query, cancellationToken)).Curves[0];
            for (var at = 0; at < count; at++)
            {
                // The end of the axis belongs to the last bucket, so that a point of the step behind it may be there.
                if (curve.Counts[at] > 0 && !(at == count - 1 && curve.LastX[at] >= next + count))
                {
                    found.Add(new TailLine(SeriesFinder.Name(series), next + at, null, curve.Sum[at] / curve.Counts[at])
                    {
                        Min = curve.Min[at],
                        Max = curve.Max[at],
                        Count = curve.Counts[at],
                    });
                }
                else if (curve.Counts[at] > 0)
                {
                    found.AddRange(await OneAsync(series, next + at, cancellationToken));
                }
            }

            next += count;
        }

        _read[series.Id] = next;
        return found;
    }

    private async Task<List<TailLine>> OneAsync(StoredSeries series, long step, CancellationToken cancellationToken)
    {
        var query = new CurveQuery
        {
            Curves = [new CurveSource(runId, series.Id)],
            Axis = CurveAxis.RlStep,
            Buckets = 2,
            From = step,
            To = step + 2,
        };
        var curve = (await server.GetCurvesAsync(query, cancellationToken)).Curves[0];
        return curve.Counts[0] == 0 ? [] :
        [
            new TailLine(SeriesFinder.Name(series), step, null, curve.Sum[0] / curve.Counts[0])
            {
                Min = curve.Min[0],
                Max = curve.Max[0],
                Count = curve.Counts[0],
            },
        ];
    }
}

/// <summary>A point, or a step of the training over all environments.</summary>
internal sealed record TailLine(string Series, long Step, long? TimestampMillis, double Value)
{
    public double? Min { get; init; }

    public double? Max { get; init; }

    /// <summary>How many points the step has; nothing for a point.</summary>
    public long? Count { get; init; }

    public object Json() => Count is null
        ? new { Series, Step, TimestampMillis, Value }
        : new { Series, RlStep = Step, Mean = Value, Min, Max, Count };

    public string Text(bool people)
    {
        var name = Plain.Line(Series);
        var value = people ? Figures.Of(Value) : Figures.Exact(Value);
        var rest = Count is { } count
            ? $"\tmin {Figures.Of(Min ?? double.NaN)}\tmax {Figures.Of(Max ?? double.NaN)}\tn {Figures.Plain(count)}"
            : "";
        return people
            ? $"{Figures.Plain(Step),8}  {name,-32} {value,14}{rest.Replace("\t", "  ", StringComparison.Ordinal)}"
            : $"{Figures.Plain(Step)}\t{name}\t{value}{rest}";
    }
}
