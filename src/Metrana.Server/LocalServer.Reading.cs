using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>
    /// Gets the runs on the server, optionally only those of a workspace, project or name, in the order in which they were opened.
    /// </summary>
    /// <param name="workspace">Only runs of this workspace.</param>
    /// <param name="project">Only runs of this project.</param>
    /// <param name="runName">Only runs of this name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<StoredRun>> GetRunsAsync(
        string? workspace = null, string? project = null, string? runName = null, CancellationToken cancellationToken = default)
    {
        var path = "api/v1/runs" + Query(("workspace", workspace), ("project", project), ("run_name", runName));
        var answer = await _http.GetAsync(path, ServerJson.Default.RunsAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Runs;
    }

    /// <summary>
    /// Gets the run of a name, or <see langword="null"/> if there is none. If several projects have such a run, gets the one opened last.
    /// </summary>
    /// <param name="runName">The name of the run.</param>
    /// <param name="workspace">Its workspace; any if omitted.</param>
    /// <param name="project">Its project; any if omitted.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<StoredRun?> FindRunAsync(
        string runName, string? workspace = null, string? project = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runName);
        var runs = await GetRunsAsync(workspace, project, runName, cancellationToken).ConfigureAwait(false);
        return runs.MaxBy(run => run.CreatedAtMillis);
    }

    /// <summary>Gets the series of a run.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public async Task<IReadOnlyList<StoredSeries>> GetSeriesAsync(string runId, CancellationToken cancellationToken = default)
    {
        var path = $"api/v1/runs/{Escape(runId)}/series";
        var answer = await _http.GetAsync(path, ServerJson.Default.SeriesAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Series;
    }

    /// <summary>Gets the aggregation rules requested by the logger that created a run.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public async Task<IReadOnlyList<StoredAggregationRule>> GetAggregationRulesAsync(
        string runId, CancellationToken cancellationToken = default)
    {
        var path = $"api/v1/runs/{Escape(runId)}";
        var answer = await _http.GetAsync(path, ServerJson.Default.RulesAnswer, cancellationToken).ConfigureAwait(false);
        return answer.AggregationRules;
    }

    /// <summary>Gets the current attributes of a run, by path.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public async Task<IReadOnlyDictionary<string, StoredValue>> GetAttributesAsync(
        string runId, CancellationToken cancellationToken = default)
    {
        var path = $"api/v1/runs/{Escape(runId)}/attributes";
        var answer = await _http.GetAsync(path, ServerJson.Default.AttributesAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Attributes;
    }

    /// <summary>Gets the environments of a run, in the order in which they were first mentioned.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public async Task<IReadOnlyList<StoredEnvironment>> GetEnvironmentsAsync(
        string runId, CancellationToken cancellationToken = default)
    {
        var path = $"api/v1/runs/{Escape(runId)}/environments";
        var answer = await _http.GetAsync(path, ServerJson.Default.EnvironmentsAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Environments;
    }

    /// <summary>Gets the counters of the server, over all runs or for one.</summary>
    /// <param name="runId">The run; all runs together if omitted.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public Task<ServerCounts> GetCountsAsync(string? runId = null, CancellationToken cancellationToken = default)
    {
        var path = runId is null ? "api/v1/counts" : $"api/v1/runs/{Escape(runId)}/counts";
        return _http.GetAsync(path, ServerJson.Default.ServerCounts, cancellationToken);
    }

    private static string Escape(string runId)
    {
        ArgumentException.ThrowIfNullOrEmpty(runId);
        return Uri.EscapeDataString(runId);
    }

    private static string Query(params (string Name, string? Value)[] filters)
    {
        var query = "";
        foreach (var (name, value) in filters)
        {
            if (value is not null)
            {
                query += (query.Length == 0 ? "?" : "&") + name + "=" + Uri.EscapeDataString(value);
            }
        }

        return query;
    }
}
