using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>Gets the runs that match a filter.</summary>
    /// <param name="filter">The filter, the order and the number of runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<StoredRuns> ListRunsAsync(RunFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var path = "api/v1/runs" + Query(
            ("workspace", filter.Workspace),
            ("project", filter.Project),
            ("run_name", filter.RunName),
            ("tag", filter.Tag),
            ("search", filter.Search),
            ("hidden", filter.Hidden is { } hidden ? hidden ? "true" : "false" : null),
            ("order", JsonNamingPolicy.SnakeCaseLower.ConvertName(filter.Order.ToString())),
            ("offset", filter.Offset.ToString(CultureInfo.InvariantCulture)),
            ("limit", filter.Limit.ToString(CultureInfo.InvariantCulture)));
        var answer = await _http.GetAsync(path, ServerJson.Default.RunsAnswer, cancellationToken).ConfigureAwait(false);
        return new StoredRuns(answer.Total, answer.Runs);
    }

    /// <summary>Gets a run.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public Task<StoredRun> GetRunAsync(string runId, CancellationToken cancellationToken = default) =>
        _http.GetAsync($"api/v1/runs/{Escape(runId)}", ServerJson.Default.StoredRun, cancellationToken);

    /// <summary>
    /// Streams the points of a series of numbers that count, one after the other, regardless of how many there are. For a
    /// reinforcement-learning series, streams the points of one environment, or of all, environment by environment.
    /// </summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="seriesId">The id of the series: see <see cref="StoredSeries.Id"/>.</param>
    /// <param name="environment">For reinforcement learning, the only environment to read; all if omitted.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">
    /// The run, series or environment does not exist, the series holds no numbers, or the connection was lost.
    /// </exception>
    public async IAsyncEnumerable<StoredPoint> StreamPointsAsync(
        string runId, long seriesId, string? environment = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var path = $"{SeriesPath(runId, seriesId)}/export" + Query(("format", "jsonl"), ("environment", environment));
        using var response = await _http.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var lines = new StreamReader(body, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 65_536);
        while (await LineAsync(lines, cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return ReadPoint(line, path);
        }
    }

    private static StoredPoint ReadPoint(string line, string path)
    {
        try
        {
            var point = JsonSerializer.Deserialize(line, ServerJson.Default.StoredPoint);
            Expect.NotNegative(point.Step, point.RlStep, point.Episode);
            return point;
        }
        catch (JsonException e)
        {
            throw ServerHttp.OfAnotherForm("GET", path, e);
        }
    }
}
