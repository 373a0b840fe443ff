using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Metrana.TensorBoard.Protocol;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing.TensorBoard;

/// <summary>TensorBoard's event files: one, or all under a folder, in which each folder with such files is a run.</summary>
internal sealed class TensorBoardImport(string path) : IImportSource
{
    private const string Pattern = "*tfevents*";
    private const int Single = 1;
    private const int Double = 2;
    private const int Int32 = 3;
    private const int Int64 = 9;

    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);
    private readonly HashSet<string> _cut = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Notes =>
    [
        .. _cut.Select(file => $"{file} ends within a record, which was left out: its writer was cut off or still writes."),
        .. _leftOut.Count == 0
            ? Array.Empty<string>()
            : [$"Images, audio and the like were left out: {string.Join(", ", _leftOut.Order(StringComparer.Ordinal).Take(10))}."],
    ];

    public static bool IsOne(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, Pattern, SearchOption.AllDirectories).Any()
        : Path.GetFileName(path).Contains("tfevents", StringComparison.Ordinal);

    public IEnumerable<ImportItem> Read()
    {
        // Files of one run are named by the second that they began in, so that their order is that of their names.
        var files = Directory.Exists(path)
            ? Directory.EnumerateFiles(path, Pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList()
            : [path];
        foreach (var file in files)
        {
            var folder = Directory.Exists(path) ? Path.GetRelativePath(path, Path.GetDirectoryName(file)!) : ".";
            var run = folder == "." ? "" : folder.Replace(Path.DirectorySeparatorChar, '-');
            foreach (var item in ReadFile(file, run))
            {
                yield return item;
            }
        }
    }

    private IEnumerable<ImportItem> ReadFile(string file, string run)
    {
        using var stream = File.OpenRead(file);
        var records = new RecordReader(stream, file);
        while (records.Next() is { } record)
        {
            Event told;
            try
            {
                told = Event.Parser.ParseFrom(record);
            }
            catch (InvalidProtocolBufferException e)
            {
                throw new ToolException($"{file}: the record before byte {stream.Position} is no event: {e.Message}", innerException: e);
            }

            foreach (var value in told.Summary?.Value ?? [])
            {
                if (Item(told, value, run) is { } item)
                {
                    yield return item;
                }
                else
                {
                    _leftOut.Add(value.Tag);
                }
            }
        }

        if (records.WasCut)
        {
            _cut.Add(file);
        }
    }

    private static ImportItem? Item(Event told, Summary.Types.Value value, string run)
    {
        var series = new ImportedSeries(value.Tag, null, []);
        var millis = (long)(told.WallTime * 1000);
        var step = Math.Max(0, told.Step);
        return value.KindCase switch
        {
            Summary.Types.Value.KindOneofCase.SimpleValue => new ImportedPoint(run, series, step, millis, value.SimpleValue),
            Summary.Types.Value.KindOneofCase.Histo => Histogram(value.Histo) is { } made
                ? new ImportedHistogram(run, series, step, millis, Native.Histogram.OfCounts(made.Edges, made.Counts))
                : null,
            Summary.Types.Value.KindOneofCase.Tensor => value.Tensor.StringVal.Count > 0
                ? new ImportedAttributes(
                    run,
                    new Dictionary<string, object?> { [value.Tag] = string.Join('\n', value.Tensor.StringVal.Select(text => Encoding.UTF8.GetString(text.Span))) },
                    [])
                : Elements(value.Tensor) switch
                {
                    [var number] => new ImportedPoint(run, series, step, millis, number),
                    { Length: > 0 } many when IsHistogram(value.Tensor, many) =>
                        Bins(many) is { } made ? new ImportedHistogram(run, series, step, millis, Native.Histogram.OfCounts(made.Edges, made.Counts)) : null,
                    _ => null,
                },
            _ => null,
        };
    }

    private static double[] Elements(Tensor tensor)
    {
        var content = tensor.TensorContent.Span;
        var count = tensor.Dtype switch { Single or Int32 => content.Length / 4, Double or Int64 => content.Length / 8, _ => 0 };
        if (count == 0)
        {
            return [.. tensor.FloatVal.Select(value => (double)value), .. tensor.DoubleVal, .. tensor.IntVal.Select(value => (double)value), .. tensor.Int64Val.Select(value => (double)value)];
        }

        var elements = new double[count];
        for (var at = 0; at < count; at++)
        {
            elements[at] = tensor.Dtype switch
            {
                Single => BinaryPrimitives.ReadSingleLittleEndian(content[(4 * at)..]),
                Int32 => BinaryPrimitives.ReadInt32LittleEndian(content[(4 * at)..]),
                Double => BinaryPrimitives.ReadDoubleLittleEndian(content[(8 * at)..]),
                _ => BinaryPrimitives.ReadInt64LittleEndian(content[(8 * at)..]),
            };
        }

        return elements;
    }

    /// <summary>Rows of a left end, a right end and a count.</summary>
    private static bool IsHistogram(Tensor tensor, double[] elements) =>
        tensor.TensorShape?.Dim is [var rows, var columns] && columns.Size == 3 && rows.Size * 3 == elements.Length;

    private static (double[] Edges, long[] Counts)? Bins(double[] rows)
    {
        List<double> edges = [rows[0]];
        List<long> counts = [];
        for (var at = 0; at < rows.Length; at += 3)
        {
            edges.Add(rows[at + 1]);
            counts.Add((long)rows[at + 2]);
        }

        return Increasing(edges, counts);
    }

    /// <summary>The outer bins reach to the greatest numbers there are: they are cut to the values.</summary>
    private static (double[] Edges, long[] Counts)? Histogram(HistogramProto histogram)
    {
        var filled = Enumerable.Range(0, Math.Min(histogram.Bucket.Count, histogram.BucketLimit.Count)).Where(at => histogram.Bucket[at] > 0).ToList();
        if (filled.Count == 0)
        {
            return null;
        }

        var (first, last) = (filled[0], filled[^1]);
        List<double> edges = [first == 0 ? histogram.Min : Math.Max(histogram.BucketLimit[first - 1], -double.MaxValue)];
        List<long> counts = [];
        for (var at = first; at <= last; at++)
        {
            edges.Add(at == histogram.BucketLimit.Count - 1 ? Math.Min(histogram.BucketLimit[at], Math.Max(histogram.Max, edges[^1])) : histogram.BucketLimit[at]);
            counts.Add((long)histogram.Bucket[at]);
        }

        return Increasing(edges, counts);
    }

    /// <summary>Bins without width, as of a set whose values are all equal, get the least one there is.</summary>
    private static (double[] Edges, long[] Counts)? Increasing(List<double> edges, List<long> counts)
    {
        for (var at = 1; at < edges.Count; at++)
        {
            if (!(edges[at] > edges[at - 1]))
            {
                edges[at] = double.BitIncrement(edges[at - 1]);
            }
        }

        return edges.TrueForAll(double.IsFinite) ? ([.. edges], [.. counts]) : null;
    }
}
