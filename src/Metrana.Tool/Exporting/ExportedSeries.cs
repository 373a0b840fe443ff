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
    /// <summary>Whether it can hold histograms, scatters and attributes as well as numbers.</summary>
    bool HoldsEverything { get; }

    Task RunAsync(StoredRun run, IReadOnlyDictionary<string, StoredValue> attributes);

    Task PointAsync(ExportedSeries series, StoredPoint point);

    Task HistogramAsync(ExportedSeries series, StoredHistogram histogram);

    Task ScatterAsync(ExportedSeries series, StoredScatter scatter);

    /// <summary>Writes what is still held back.</summary>
    Task FinishAsync();
}
