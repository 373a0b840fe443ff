using System.Buffers.Binary;
using System.Numerics;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing.TensorBoard;

/// <summary>
/// The records of an event file: a length, its checksum, the bytes, theirs. A file whose writer was killed ends within a
/// record, which is left out; a checksum that is wrong is an error.
/// </summary>
internal sealed class RecordReader(Stream stream, string file)
{
    private const int HeadLength = 12;
    private const int TailLength = 4;

    /// <summary>Longer than any event with numbers; a length beyond it is damage that its checksum did not show.</summary>
    private const ulong LongestRecord = 1UL << 30;

    private readonly byte[] _head = new byte[HeadLength];

    /// <summary>Whether the file ended within a record.</summary>
    public bool WasCut { get; private set; }

    /// <summary>The next record; nothing at the end.</summary>
    /// <exception cref="ToolException">The file is damaged.</exception>
    public byte[]? Next()
    {
        var at = stream.Position;
        var got = stream.ReadAtLeast(_head, HeadLength, throwOnEndOfStream: false);
        if (got < HeadLength)
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
        if ((long)length + TailLength > stream.Length - stream.Position)
        {
            WasCut = true;
            stream.Position = stream.Length;
            return null;
        }

        var record = new byte[length];
        stream.ReadExactly(record);
        Span<byte> tail = stackalloc byte[TailLength];
        stream.ReadExactly(tail);
        Check(record, BinaryPrimitives.ReadUInt32LittleEndian(tail), at, "a record");
        return record;
    }

    /// <summary>CRC-32C, turned and shifted, so that a checksum of checksums is not what it looks like.</summary>
    internal static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    private void Check(ReadOnlySpan<byte> bytes, uint told, long at, string what)
    {
        if (Masked(bytes) != told)
        {
            throw new ToolException($"{file}: {what} at byte {at} has a wrong checksum, so the file is damaged or no event file.");
        }
    }
}
