using Metrana.Server;

namespace Metrana.Tool.Watching;

/// <summary>A metric, with a curve for each run that has it.</summary>
/// <param name="Title">The metric, with its labels.</param>
/// <param name="Curves">The curves; each has the number of its run.</param>
/// <param name="Starts">Where each bucket of the curves begins.</param>
/// <param name="From">Where the axis begins.</param>
/// <param name="To">Where it ends.</param>
internal sealed record WatchedChart(
    string Title, IReadOnlyList<(int Run, StoredCurve Curve)> Curves, IReadOnlyList<double> Starts, double From, double To);

/// <summary>What a frame shows.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Charts">Their charts.</param>
internal sealed record WatchedRuns(IReadOnlyList<StoredRun> Runs, IReadOnlyList<WatchedChart> Charts);
