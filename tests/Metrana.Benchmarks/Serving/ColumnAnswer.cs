using System.Runtime.InteropServices;
using System.Text.Json;

namespace Benchmarks.Serving;

/// <summary>An answer of the HTTP API in columns, as docs/http-api.md describes them.</summary>
internal sealed class ColumnAnswer
{
    private const int Front = 16;

    private readonly ReadOnlyMemory<byte> _columns;

    public ColumnAnswer(ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.Span.StartsWith("MTRCOLS1"u8))
        {
            throw new NotDeliveredException("The server's answer is not in columns.");
        }

        int head = (int)MemoryMarshal.Read<uint>(bytes.Span[8..]);
        Head = JsonDocument.Parse(bytes.Slice(Front, head)).RootElement;
        _columns = bytes[(Front + head)..];
    }

    public JsonElement Head { get; }

    /// <summary>A column whose numbers are of eight bytes.</summary>
    public ReadOnlySpan<T> Column<T>(string name)
        where T : unmanaged
    {
        JsonElement place = Head.GetProperty("columns").EnumerateArray().Single(column => column.GetProperty("name").GetString() == name);
        ReadOnlySpan<byte> bytes = _columns.Span[place.GetProperty("offset").GetInt32()..];
        return MemoryMarshal.Cast<byte, T>(bytes)[..place.GetProperty("count").GetInt32()];
    }
}
