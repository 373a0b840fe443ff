using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    private static readonly string[] _parts = ["first_x", "first", "last_x", "last", "min", "max", "sum"];

    /// <summary>
    /// Gets curves as buckets on a common grid: as much detail as a screen can show, in a time that hardly depends on the number of
    /// points.
    /// </summary>
    /// <param name="query">The series, the axis and the number of buckets.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">
    /// A run or series does not exist, a series holds no numbers, or the query exceeds the limits of the server.
    /// </exception>
    public async Task<StoredCurves> GetCurvesAsync(CurveQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var request = new CurvesRequest
        {
            X = query.Axis,
            Buckets = query.Buckets,
            From = query.From,
            To = query.To,
            Series = [.. query.Curves.Select(CurvePlace.Of)],
        };
        const string path = "api/v1/buckets";
        var bytes = await _http.ColumnsAsync(path, request, ServerJson.Default.CurvesRequest, cancellationToken).ConfigureAwait(false);
        return Columns.Read(bytes, path, columns =>
        {
            var rows = columns.Head.Rows ?? [];
            var starts = columns.Doubles("starts", columns.Head.Buckets);
            Expect.That(rows.Count == query.Curves.Count, "There are not as many curves as were asked for.");
            var cells = checked(rows.Count * starts.Length);
            var (counts, flags) = (columns.Wholes("count", cells), columns.Bytes("flags", cells));
            var parts = _parts.ToDictionary(name => name, name => columns.Doubles(name, cells));
            var curves = rows.Select((row, at) =>
            {
                var place = (at * starts.Length)..((at + 1) * starts.Length);
                return new StoredCurve
                {
                    RunId = row.Run,
                    SeriesId = row.Series,
                    Counts = counts[place],
                    Flags = Array.ConvertAll(flags[place], flag => (NotNumbers)flag),
                    FirstX = parts["first_x"][place],
                    First = parts["first"][place],
                    LastX = parts["last_x"][place],
                    Last = parts["last"][place],
                    Min = parts["min"][place],
                    Max = parts["max"][place],
                    Sum = parts["sum"][place],
                };
            });
            return new StoredCurves { From = columns.Head.From, To = columns.Head.To, Starts = starts, Curves = [.. curves] };
        });
    }

    /// <summary>Gets a reinforcement-learning series as a heat map of environments and steps of the training.</summary>
    /// <param name="source">The series to show.</param>
    /// <param name="measure">The measure that a cell shows of its points.</param>
    /// <param name="columns">The number of columns, 1 to 10,000.</param>
    /// <param name="from">The first step of the training; that of the first point if omitted.</param>
    /// <param name="to">The last step of the training; that of the last point if omitted.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="LocalServerException">The run or series does not exist, or the series has no environments.</exception>
    public async Task<StoredHeatMap> GetHeatMapAsync(
        CurveSource source,
        CellMeasure measure = CellMeasure.Mean,
        int columns = 300,
        double? from = null,
        double? to = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var place = CurvePlace.Of(source);
        var request = new HeatMapRequest
        {
            Run = place.Run,
            Series = place.Series,
            Environments = place.Environments,
            Measure = measure,
            Buckets = columns,
            From = from,
            To = to,
        };
        const string path = "api/v1/heat-map";
        var bytes = await _http.ColumnsAsync(path, request, ServerJson.Default.HeatMapRequest, cancellationToken).ConfigureAwait(false);
        return Columns.Read(bytes, path, read =>
        {
            var environments = read.Head.Environments ?? [];
            Expect.NoNullIn(environments);
            var starts = read.Doubles("starts", read.Head.Buckets);
            var cells = read.Doubles("cells", checked(environments.Count * starts.Length));
            return new StoredHeatMap { Environments = environments, Starts = starts, Cells = cells };
        });
    }
}
