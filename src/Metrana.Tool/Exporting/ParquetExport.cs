using Metrana.Server;
using Parquet;
using Parquet.Schema;

namespace Metrana.Tool.Exporting;

/// <summary>Columns of numbers, in groups of rows, so that memory stays small however long the runs are.</summary>
internal sealed class ParquetExport : IExport
{
    private const int RowsAtOnce = 100_000;

    private static readonly DataField<string> _run = new("run");
    private static readonly DataField<string> _metric = new("metric");
    private static readonly DataField<string> _scale = new("scale");
    private static readonly DataField<string> _labels = new("labels");
    private static readonly DataField<string> _environment = new("environment");
    private static readonly DataField<long?> _rlStep = new("rl_step");
    private static readonly DataField<long?> _episode = new("episode");
    private static readonly DataField<long> _step = new("step");
    private static readonly DataField<long> _timestamp = new("timestamp_millis");
    private static readonly DataField<double> _value = new("value");

    private readonly ParquetWriter _writer;
    private readonly List<(ExportedSeries Series, StoredPoint Point)> _rows = new(RowsAtOnce);

    private ParquetExport(ParquetWriter writer) => _writer = writer;

    public static async Task<ParquetExport> CreateAsync(Stream output)
    {
        var schema = new ParquetSchema(_run, _metric, _scale, _labels, _environment, _rlStep, _episode, _step, _timestamp, _value);
        return new ParquetExport(await ParquetWriter.CreateAsync(schema, output));
    }

    public Task PointAsync(ExportedSeries series, StoredPoint point)
    {
        _rows.Add((series, point));
        return _rows.Count == RowsAtOnce ? WriteAsync() : Task.CompletedTask;
    }

    public Task FinishAsync() => _rows.Count > 0 ? WriteAsync() : Task.CompletedTask;

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private async Task WriteAsync()
    {
        using (var group = _writer.CreateRowGroup())
        {
            await group.WriteAsync(_run, Texts(row => row.Series.RunName), null);
            await group.WriteAsync(_metric, Texts(row => row.Series.Series.Metric), null);
            await group.WriteAsync(_scale, Texts(row => row.Series.Series.Scale), null);
            await group.WriteAsync(_labels, Texts(row => row.Series.Labels), null);
            await group.WriteAsync(_environment, Texts(row => row.Point.Environment ?? ""), null);
            await group.WriteAsync<long>(_rlStep, Column(row => (long?)row.Point.RlStep).AsMemory(), null, null, default);
            await group.WriteAsync<long>(_episode, Column(row => (long?)row.Point.Episode).AsMemory(), null, null, default);
            await group.WriteAsync<long>(_step, Column(row => (long)row.Point.Step).AsMemory(), null, null, default);
            await group.WriteAsync<long>(_timestamp, Column(row => row.Point.TimestampMillis).AsMemory(), null, null, default);
            await group.WriteAsync<double>(_value, Column(row => row.Point.Value).AsMemory(), null, null, default);
        }

        _rows.Clear();

        string[] Texts(Func<(ExportedSeries Series, StoredPoint Point), string> text) => Column(text);
    }

    private T[] Column<T>(Func<(ExportedSeries Series, StoredPoint Point), T> value) => [.. _rows.Select(value)];
}
