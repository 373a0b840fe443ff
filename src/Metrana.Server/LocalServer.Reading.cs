using System.Globalization;
using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>How many points one answer of the server holds at most when all are read.</summary>
    private const int PageSize = 100_000;

    /// <summary>The runs that the server holds, those of one workspace, project or name where given, in the order they were opened.</summary>
    public async Task<IReadOnlyList<StoredRun>> GetRunsAsync(
        string? workspace = null, string? project = null, string? runName = null, CancellationToken cancellationToken = default)
    {
        var path = "api/v1/runs" + Query(("workspace", workspace), ("project", project), ("run_name", runName));
        var answer = await _http.GetAsync(path, ServerJson.Default.RunsAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Runs;
    }

    /// <summary>The run of this name, or <see langword="null"/>; the one opened last where several projects have such a run.</summary>
    public async Task<StoredRun?> FindRunAsync(
        string runName, string? workspace = null, string? project = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runName);
        var runs = await GetRunsAsync(workspace, project, runName, cancellationToken).ConfigureAwait(false);
        return runs.MaxBy(run => run.CreatedAtMillis);
    }

    /// <summary>The series of a run.</summary>
    /// <exception cref="LocalServerException">There is no such run.</exception>
    public async Task<IReadOnlyList<StoredSeries>> GetSeriesAsync(string runId, CancellationToken cancellationToken = default)
    {
        var path = $"api/v1/runs/{Escape(runId)}/series";
        var answer = await _http.GetAsync(path, ServerJson.Default.SeriesAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Series;
    }

    /// <summary>Every point of a series, as it was sent and in the order it arrived.</summary>
    /// <exception cref="LocalServerException">There is no such run or series.</exception>
    public async Task<StoredPoints> GetPointsAsync(string runId, ulong seriesId, CancellationToken cancellationToken = default)
    {
        var all = await GetPointsAsync(runId, seriesId, 0, PageSize, cancellationToken).ConfigureAwait(false);
        if ((ulong)all.Values.Count >= all.Total)
        {
            return all;
        }

        List<ulong> steps = [.. all.Steps];
        List<long> timestamps = [.. all.TimestampsMillis];
        List<double> values = [.. all.Values];
        while ((ulong)values.Count < all.Total)
        {
            var page = await GetPointsAsync(runId, seriesId, (ulong)values.Count, PageSize, cancellationToken).ConfigureAwait(false);
            if (page.Values.Count == 0)
            {
                break;
            }

            steps.AddRange(page.Steps);
            timestamps.AddRange(page.TimestampsMillis);
            values.AddRange(page.Values);
        }

        return all with { Steps = steps, TimestampsMillis = timestamps, Values = values };
    }

    /// <summary>At most <paramref name="limit"/> points of a series, from the one at <paramref name="offset"/> on.</summary>
    /// <exception cref="LocalServerException">There is no such run or series.</exception>
    public Task<StoredPoints> GetPointsAsync(
        string runId, ulong seriesId, ulong offset, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var path = string.Create(
            CultureInfo.InvariantCulture, $"api/v1/runs/{Escape(runId)}/series/{seriesId}/points?offset={offset}&limit={limit}");
        return _http.GetAsync(path, ServerJson.Default.StoredPoints, cancellationToken);
    }

    /// <summary>What the server has counted, over all runs or for one.</summary>
    /// <exception cref="LocalServerException">There is no such run.</exception>
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
