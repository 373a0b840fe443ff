using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>The runs that fit a filter.</summary>
    /// <param name="filter">Which runs, in which order, and how many.</param>
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

    /// <summary>One run.</summary>
    /// <param name="runId">The id of the run, as <see cref="StoredRun.RunId"/> has it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public Task<StoredRun> GetRunAsync(string runId, CancellationToken cancellationToken = default) =>
        _http.GetAsync($"api/v1/runs/{Escape(runId)}", ServerJson.Default.StoredRun, cancellationToken);

    /// <summary>
    /// The numbers of a series that count, one after the other, however many there are. Of a series of reinforcement learning
    /// those of one environment, or of all, environment by environment.
    /// </summary>
    /// <param name="runId">The id of the run, as <see cref="StoredRun.RunId"/> has it.</param>
    /// <param name="seriesId">The id of the series, as <see cref="StoredSeries.Id"/> has it.</param>
    /// <param name="environment">Of reinforcement learning only this environment; all if omitted.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">
    /// The run, series or environment does not exist, the series holds no numbers, or the connection broke.
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
