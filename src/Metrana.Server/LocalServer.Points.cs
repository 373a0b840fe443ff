using System.Globalization;
using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>How many points one answer of the server holds at most when all are read.</summary>
    private const int PointsAtOnce = 100_000;

    /// <summary>Histograms may have thousands of bins each.</summary>
    private const int HistogramsAtOnce = 1000;

    /// <summary>Scatters may have a hundred thousand points each.</summary>
    private const int ScattersAtOnce = 100;

    /// <summary>Gets every point of a series of numbers.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="seriesId">The id of the series: see <see cref="StoredSeries.Id"/>.</param>
    /// <param name="view">Whether to read all points as they were sent, or only those that count.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run or series does not exist, or the series holds data of another kind.</exception>
    public async Task<StoredPoints> GetPointsAsync(
        string runId, long seriesId, PointView view = PointView.AsSent, CancellationToken cancellationToken = default)
    {
        var pages = await Page.ReadAllAsync(
            (offset, limit) => GetPointsAsync(runId, seriesId, offset, limit, view, cancellationToken), PointsAtOnce).ConfigureAwait(false);
        return pages[0] with
        {
            Steps = pages.Column(page => page.Steps),
            TimestampsMillis = pages.Column(page => page.TimestampsMillis),
            Values = pages.Column(page => page.Values),
            ValueWidths = pages.Column(page => page.ValueWidths),
        };
    }

    /// <summary>Gets at most <paramref name="limit"/> points of a series, starting at <paramref name="offset"/>.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="seriesId">The id of the series: see <see cref="StoredSeries.Id"/>.</param>
    /// <param name="offset">The number of points to skip at the beginning.</param>
    /// <param name="limit">The maximum number of points to read.</param>
    /// <param name="view">Whether to read all points as they were sent, or only those that count.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset or the limit is negative.</exception>
    /// <exception cref="LocalServerException">The run or series does not exist, or the series holds data of another kind.</exception>
    public async Task<StoredPoints> GetPointsAsync(
        string runId,
        long seriesId,
        long offset,
        int limit,
        PointView view = PointView.AsSent,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var path = $"{SeriesPath(runId, seriesId)}/points?{Range(offset, limit, view)}";
        var page = await _http.GetAsync(path, ServerJson.Default.StoredPoints, cancellationToken).ConfigureAwait(false);
        return page.Checked(offset, limit);
    }

    /// <summary>Gets every point of one environment in a reinforcement-learning series.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="seriesId">The id of the series: see <see cref="StoredSeries.Id"/>.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="view">Whether to read all points as they were sent, or only those that count.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">
    /// The run, series or environment does not exist, or the series is not a reinforcement-learning series.
    /// </exception>
    public async Task<StoredRlPoints> GetRlPointsAsync(
        string runId,
        long seriesId,
        string environment,
        PointView view = PointView.AsSent,
        CancellationToken cancellationToken = default)
    {
        var pages = await Page.ReadAllAsync(
            (offset, limit) => GetRlPointsAsync(runId, seriesId, environment, offset, limit, view, cancellationToken), PointsAtOnce)
            .ConfigureAwait(false);
        return pages[0] with
        {
            RlSteps = pages.Column(page => page.RlSteps),
            Episodes = pages.Column(page => page.Episodes),
            EnvSteps = pages.Column(page => page.EnvSteps),
            Flat = pages.Column(page => page.Flat),
            FromOne = pages.Column(page => page.FromOne),
            TimestampsMillis = pages.Column(page => page.TimestampsMillis),
            Values = pages.Column(page => page.Values),
            ValueWidths = pages.Column(page => page.ValueWidths),
        };
    }

    /// <summary>
    /// Gets at most <paramref name="limit"/> points of one environment in a reinforcement-learning series, starting at
    /// <paramref name="offset"/>.
    /// </summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="seriesId">The id of the series: see <see cref="StoredSeries.Id"/>.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="offset">The number of points to skip at the beginning.</param>
    /// <param name="limit">The maximum number of points to read.</param>
    /// <param name="view">Whether to read all points as they were sent, or only those that count.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset or the limit is negative.</exception>
    /// <exception cref="LocalServerException">
    /// The run, series or environment does not exist, or the series is not a reinforcement-learning series.
    /// </exception>
    public async Task<StoredRlPoints> GetRlPointsAsync(
        string runId,
        long seriesId,
        string environment,
        long offset,
        int limit,
        PointView view = PointView.AsSent,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var path = $"{SeriesPath(runId, seriesId)}/points?environment={Uri.EscapeDataString(environment)}&{Range(offset, limit, view)}";
        var page = await _http.GetAsync(path, ServerJson.Default.StoredRlPoints, cancellationToken).ConfigureAwait(false);
        return page.Checked(offset, limit);
    }

    /// <summary>Gets every histogram of a series.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="seriesId">The id of the series: see <see cref="StoredSeries.Id"/>.</param>
    /// <param name="view">Whether to read all points as they were sent, or only those that count.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run or series does not exist, or the series holds data of another kind.</exception>
    public async Task<IReadOnlyList<StoredHistogram>> GetHistogramsAsync(
        string runId, long seriesId, PointView view = PointView.AsSent, CancellationToken cancellationToken = default)
    {
        var pages = await Page.ReadAllAsync(
            async (offset, limit) =>
            {
                var path = $"{SeriesPath(runId, seriesId)}/histograms?{Range(offset, limit, view)}";
                var page = await _http.GetAsync(path, ServerJson.Default.HistogramsAnswer, cancellationToken).ConfigureAwait(false);
                return page.Checked(offset, limit);
            },
            HistogramsAtOnce).ConfigureAwait(false);
        return pages.Column(page => page.Histograms);
    }

    /// <summary>Gets every scatter of a series.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="seriesId">The id of the series: see <see cref="StoredSeries.Id"/>.</param>
    /// <param name="view">Whether to read all points as they were sent, or only those that count.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run or series does not exist, or the series holds data of another kind.</exception>
    public async Task<IReadOnlyList<StoredScatter>> GetScattersAsync(
        string runId, long seriesId, PointView view = PointView.AsSent, CancellationToken cancellationToken = default)
    {
        var pages = await Page.ReadAllAsync(
            async (offset, limit) =>
            {
                var path = $"{SeriesPath(runId, seriesId)}/scatters?{Range(offset, limit, view)}";
                var page = await _http.GetAsync(path, ServerJson.Default.ScattersAnswer, cancellationToken).ConfigureAwait(false);
                return page.Checked(offset, limit);
            },
            ScattersAtOnce).ConfigureAwait(false);
        return pages.Column(page => page.Scatters);
    }

    private static string SeriesPath(string runId, long seriesId) =>
        string.Create(CultureInfo.InvariantCulture, $"api/v1/runs/{Escape(runId)}/series/{seriesId}");

    private static string Range(long offset, int limit, PointView view) =>
        string.Create(CultureInfo.InvariantCulture, $"raw={(view == PointView.Counted ? "false" : "true")}&offset={offset}&limit={limit}");
}
