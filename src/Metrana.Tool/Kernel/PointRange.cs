using System.Runtime.CompilerServices;
using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>A part of the points of a series.</summary>
/// <param name="From">From this step on; of reinforcement learning the step of the training.</param>
/// <param name="To">Up to and with this step.</param>
/// <param name="Last">Only the last ones, so many; 0 are all.</param>
internal sealed record PointRange(ulong From, ulong To, int Last)
{
    /// <summary>The points in the order in which the server gives them.</summary>
    /// <param name="server">The server.</param>
    /// <param name="runId">The run.</param>
    /// <param name="series">The series.</param>
    /// <param name="asked">Of reinforcement learning only these environments; none stands for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<StoredPoint> ReadAsync(
        LocalServer server,
        string runId,
        StoredSeries series,
        IReadOnlyList<string> asked,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string?[] environments = asked.Count == 0 || series.Family != SeriesFamily.ReinforcementLearning ? [null] : [.. asked.Intersect(series.Environments)];
        Queue<StoredPoint> kept = new();
        foreach (var environment in environments)
        {
            await foreach (var point in server.StreamPointsAsync(runId, series.Id, environment, cancellationToken))
            {
                if ((ulong)(point.RlStep ?? point.Step) < From || (ulong)(point.RlStep ?? point.Step) > To)
                {
                    continue;
                }

                if (Last == 0)
                {
                    yield return point;
                    continue;
                }

                if (kept.Count == Last)
                {
                    kept.Dequeue();
                }

                kept.Enqueue(point);
            }
        }

        foreach (var point in kept)
        {
            yield return point;
        }
    }
}
