using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Exporting;

/// <summary>A JSON object in each line: a run, a number, a histogram, a scatter.</summary>
internal sealed class JsonlExport(TextWriter output) : IExport
{
    public bool HoldsEverything => true;

    public Task RunAsync(StoredRun run, IReadOnlyDictionary<string, StoredValue> attributes) => WriteAsync(new
    {
        Type = "run",
        Run = $"{run.Project}/{run.RunName}",
        Id = run.RunId,
        run.Workspace,
        run.Project,
        run.RunName,
        run.Tags,
        Attributes = RunAttributes.Ordered(attributes).ToDictionary(pair => pair.Key, pair => RunAttributes.Json(pair.Value)),
    });

    public Task PointAsync(ExportedSeries series, StoredPoint point) => point.RlStep is null
        ? WriteAsync(new
        {
            Type = "point",
            Run = series.RunName,
            series.Series.Metric,
            series.Series.Scale,
            series.Series.Labels,
            point.Step,
            point.TimestampMillis,
            point.Value,
        })
        : WriteAsync(new
        {
            Type = "point",
            Run = series.RunName,
            series.Series.Metric,
            series.Series.Scale,
            series.Series.Labels,
            point.Environment,
            point.RlStep,
            point.Episode,
            point.Step,
            point.TimestampMillis,
            point.Value,
        });

    public Task HistogramAsync(ExportedSeries series, StoredHistogram histogram) => WriteAsync(new
    {
        Type = "histogram",
        Run = series.RunName,
        series.Series.Metric,
        series.Series.Scale,
        series.Series.Labels,
        histogram.Step,
        histogram.TimestampMillis,
        histogram.BinEdges,
        histogram.Counts,
        histogram.Densities,
    });

    public Task ScatterAsync(ExportedSeries series, StoredScatter scatter) => WriteAsync(new
    {
        Type = "scatter",
        Run = series.RunName,
        series.Series.Metric,
        series.Series.Scale,
        series.Series.Labels,
        scatter.Step,
        scatter.TimestampMillis,
        scatter.Xs,
        scatter.Ys,
        scatter.Zs,
    });

    public Task FinishAsync() => output.FlushAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task WriteAsync(object line)
    {
        output.Write(ToolJson.Write(line));
        output.Write('\n');
        return Task.CompletedTask;
    }
}
