using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Exporting;

/// <summary>A series on its way into a file.</summary>
/// <param name="Run">The run that it is of.</param>
/// <param name="Series">The series.</param>
internal sealed record ExportedSeries(StoredRun Run, StoredSeries Series)
{
    public string RunName { get; } = $"{Run.Project}/{Run.RunName}";

    /// <summary>The labels as JSON; nothing where there are none.</summary>
    public string Labels { get; } = Series.Labels.Count == 0
        ? ""
        : ToolJson.Write(new SortedDictionary<string, string>(Series.Labels.ToDictionary(), StringComparer.Ordinal));
}

/// <summary>A file that runs are written to.</summary>
internal interface IExport : IAsyncDisposable
{
    /// <summary>Whether it can hold runs with their attributes, histograms and scatters as well as numbers. Only then is it given them.</summary>
    bool HoldsEverything => false;

    Task RunAsync(StoredRun run, IReadOnlyDictionary<string, StoredValue> attributes) => Task.CompletedTask;

    Task PointAsync(ExportedSeries series, StoredPoint point);

    Task HistogramAsync(ExportedSeries series, StoredHistogram histogram) => Task.CompletedTask;

    Task ScatterAsync(ExportedSeries series, StoredScatter scatter) => Task.CompletedTask;

    /// <summary>Writes what is still held back.</summary>
    Task FinishAsync();
}
