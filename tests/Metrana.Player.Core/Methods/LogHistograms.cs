using Metrana.Native;
using Metrana.Player.Results;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

internal sealed class LogHistograms : ICallMethod
{
    public string Name => "log_histograms";

    public Signature Signature { get; } = new(
        "log_histograms",
        ["metric", "scale", "histograms", "labels?"],
        ["steps", "density?", "stats?", "timestamps_millis?", "timestamp_millis?"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        var metric = arguments.Text("metric");
        Scale scale = arguments.Text("scale");
        var items = SetArguments.Items(arguments, "histograms");
        var one = SetArguments.IsOne(arguments, "histograms");
        var stats = Stats(arguments, items.Count);
        var density = arguments.Flag("density", otherwise: false);
        Histogram[] histograms = [.. items.Select((item, i) => Histogram(item, density, stats?[i]))];
        logger.LogHistograms(
            metric,
            scale,
            histograms,
            steps: SetArguments.Steps(arguments, one),
            labels: arguments.Labels(),
            timestamps: TimestampArguments.From(arguments).Timestamps);
        return CallResult.Ok;
    }

    private static Histogram Histogram(IReadOnlyList<ScriptValue> parts, bool density, HistogramStats? stats)
    {
        if (parts is not [var bins, var edges])
        {
            throw RefusalException.Value($"histograms: bins and edges are needed, not {parts.Count} parts");
        }

        var edgeColumn = SetArguments.Doubles(edges, "edges");
        return density
            ? Native.Histogram.OfDensities(edgeColumn, SetArguments.Doubles(bins, "densities"), stats)
            : Native.Histogram.OfCounts(edgeColumn, SetArguments.Counts(bins, "counts"), stats);
    }

    /// <summary>Four columns, or four numbers where there is one histogram, in a list or alone.</summary>
    private static HistogramStats[]? Stats(Arguments arguments, int count)
    {
        if (arguments.Optional("stats") is not { } value)
        {
            return null;
        }

        var columns = value is ListValue { Items: { Count: 4 } parts }
            ? parts.Select((part, i) => Column(part, i, count)).ToArray()
            : throw RefusalException.Value("stats: min, max, sum and sum of squares are needed");
        return [.. Enumerable.Range(0, count).Select(i => new HistogramStats { Min = columns[0][i], Max = columns[1][i], Sum = columns[2][i], SumOfSquares = columns[3][i] })];
    }

    private static double[] Column(ScriptValue value, int part, int count)
    {
        var array = NumericArray.From(value, $"stats[{part}]");
        var column = array.Rank == 1 || (count == 1 && array.Rank == 0)
            ? array.ToDoubles()
            : throw RefusalException.Type($"stats[{part}]: one dimension is needed, not {array.Rank}");
        return column.Length == count
            ? column
            : throw RefusalException.Value($"stats[{part}] has {column.Length} entries for {count} histograms");
    }
}
