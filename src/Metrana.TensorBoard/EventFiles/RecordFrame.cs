using System.Buffers.Binary;
using System.Numerics;

namespace Metrana.TensorBoard.EventFiles;

/// <summary>What stands around a record of an event file: its length with a checksum before it, its own checksum behind it.</summary>
internal static class RecordFrame
{
    /// <summary>The length and its checksum.</summary>
    public const int HeadLength = 12;

    /// <summary>The checksum of the record.</summary>
    public const int TailLength = 4;

    /// <summary>CRC-32C, turned and shifted, so that a checksum of checksums is not what it looks like.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
