using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server.Http;

/// <summary>An answer in columns: a head of JSON that names them, and their little-endian memory behind it.</summary>
internal sealed class Columns
{
    public const string Type = "application/vnd.metrana.columns";

    private const int Front = 16;

    private readonly byte[] _bytes;
    private readonly int _data;

    private Columns(byte[] bytes)
    {
        Expect.That(bytes.Length >= Front && bytes.AsSpan().StartsWith("MTRCOLS1"u8), "These are no columns.");
        var head = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8));
        Expect.That(head <= bytes.Length - Front, "The head of the columns is longer than all of them.");
        (_bytes, _data) = (bytes, Front + (int)head);
        Head = JsonSerializer.Deserialize(bytes.AsSpan(Front, (int)head), ServerJson.Default.ColumnsHead)
            ?? throw new JsonException("The columns have no head.");
    }

    public ColumnsHead Head { get; }

    /// <summary>Reads an answer, of which nothing is taken when a part of it is not as it should be.</summary>
    public static T Read<T>(byte[] bytes, string path, Func<Columns, T> read)
    {
        try
        {
            return read(new Columns(bytes));
        }
        catch (Exception e) when (e is JsonException or OverflowException)
        {
            throw ServerHttp.OfAnotherForm("POST", path, e);
        }
    }

    public double[] Doubles(string name, int count) =>
        Column(name, "f64", 8, count, static bytes => BinaryPrimitives.ReadDoubleLittleEndian(bytes));

    public long[] Wholes(string name, int count) =>
        Column(name, "u64", 8, count, static bytes => checked((long)BinaryPrimitives.ReadUInt64LittleEndian(bytes)));

    public byte[] Bytes(string name, int count) => Column(name, "u8", 1, count, static bytes => bytes[0]);

    private delegate T ReadOne<T>(ReadOnlySpan<byte> bytes);

    private T[] Column<T>(string name, string type, int width, int count, ReadOne<T> read)
    {
        var place = Head.Columns.FirstOrDefault(column => column.Name == name);
        Expect.That(place is not null && place.Type == type && place.Count == count, $"The column {name} is not as it was asked for.");
        var length = (long)count * width;
        Expect.That(
            place!.Offset >= 0 && place.Offset <= _bytes.Length - _data - length, $"The column {name} is longer than the answer.");
        var column = new T[count];
        var bytes = _bytes.AsSpan(_data + (int)place.Offset, (int)length);
        for (var at = 0; at < column.Length; at++)
        {
            column[at] = read(bytes[(at * width)..]);
        }

        return column;
    }
}

internal sealed record ColumnsHead : IJsonOnDeserialized
{
    public required IReadOnlyList<ColumnPlace> Columns { get; init; }

    public double From { get; init; }

    public double To { get; init; }

    public required int Buckets { get; init; }

    public IReadOnlyList<CurveTitle>? Rows { get; init; }

    public IReadOnlyList<string>? Environments { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NoNullIn(Columns);
        Expect.NoNullIn(Rows ?? []);
        Expect.That(Buckets > 0, "There are no buckets.");
    }
}

internal sealed record ColumnPlace(string? Name, string? Type, int Count, long Offset);

internal sealed record CurveTitle([property: JsonRequired] string Run, [property: JsonRequired] long Series) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(Series);
        Expect.NoNull(Run);
    }
}

/// <summary>A series as a question for curves names it.</summary>
internal sealed record CurvePlace(string Run, string Series, IReadOnlyList<string>? Environments)
{
    public static CurvePlace Of(CurveSource source) =>
        new(source.RunId, source.SeriesId.ToString(System.Globalization.CultureInfo.InvariantCulture), source.Environments);
}

internal sealed record CurvesRequest
{
    [JsonConverter(typeof(SnakeCaseEnum<CurveAxis>))]
    public required CurveAxis X { get; init; }

    public required int Buckets { get; init; }

    public double? From { get; init; }

    public double? To { get; init; }

    public required IReadOnlyList<CurvePlace> Series { get; init; }
}

internal sealed record HeatMapRequest
{
    public required string Run { get; init; }

    public required string Series { get; init; }

    public IReadOnlyList<string>? Environments { get; init; }

    [JsonConverter(typeof(SnakeCaseEnum<CellMeasure>))]
    public required CellMeasure Measure { get; init; }

    public required int Buckets { get; init; }

    public double? From { get; init; }

    public double? To { get; init; }
}

internal sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
