using System.Buffers.Binary;
using Metrana.TensorBoard.EventFiles;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing.TensorBoard;

/// <summary>
/// The records of an event file: a length, its checksum, the bytes, theirs. A file whose writer was killed ends within a
/// record, which is left out; a checksum that is wrong is an error.
/// </summary>
internal sealed class RecordReader(Stream stream, string file)
{
    /// <summary>Longer than any event with numbers; a length beyond it is damage that its checksum did not show.</summary>
    private const ulong LongestRecord = 1UL << 30;

    private readonly byte[] _head = new byte[RecordFrame.HeadLength];

    /// <summary>Whether the file ended within a record.</summary>
    public bool WasCut { get; private set; }

    /// <summary>The next record; nothing at the end.</summary>
    /// <exception cref="ToolException">The file is damaged.</exception>
    public byte[]? Next()
    {
        var at = stream.Position;
        var got = stream.ReadAtLeast(_head, RecordFrame.HeadLength, throwOnEndOfStream: false);
        if (got < RecordFrame.HeadLength)
        {
            WasCut = got > 0;
            return null;
        }

        Check(_head.AsSpan(0, 8), BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(8)), at, "a length");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(_head);
        if (length > LongestRecord)
        {
            throw new ToolException($"{file}: the record at byte {at} is said to have {length} bytes, which no event has.");
        }

        // A length is believed only as far as the file reaches, so that no damage asks for memory.
        if ((long)length + RecordFrame.TailLength > stream.Length - stream.Position)
        {
            WasCut = true;
            stream.Position = stream.Length;
            return null;
        }

        var record = new byte[length];
        stream.ReadExactly(record);
        Span<byte> tail = stackalloc byte[RecordFrame.TailLength];
        stream.ReadExactly(tail);
        Check(record, BinaryPrimitives.ReadUInt32LittleEndian(tail), at, "a record");
        return record;
    }

    private void Check(ReadOnlySpan<byte> bytes, uint told, long at, string what)
    {
        if (RecordFrame.Checksum(bytes) != told)
        {
            throw new ToolException($"{file}: {what} at byte {at} has a wrong checksum, so the file is damaged or no event file.");
        }
    }
}
