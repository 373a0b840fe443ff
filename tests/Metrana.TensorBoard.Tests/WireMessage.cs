using System.Buffers.Binary;
using System.Text;

namespace Metrana.TensorBoard.Tests;

/// <summary>
/// A message as it lies in a file, by the numbers of its fields: the encoding of protocol buffers, read without any description of
/// ours, so that a field whose number is wrong on both sides is found.
/// </summary>
internal sealed class WireMessage
{
    private readonly List<(int Field, ulong Number, byte[] Bytes)> _fields = [];

    public WireMessage(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ulong key = Varint(ref bytes);
            int field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((field, Varint(ref bytes), []));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(bytes), []));
                    bytes = bytes[8..];
                    break;
                case 2:
                    int length = (int)Varint(ref bytes);
                    _fields.Add((field, 0, bytes[..length].ToArray()));
                    bytes = bytes[length..];
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(bytes), []));
                    bytes = bytes[4..];
                    break;
                case var kind:
                    throw new InvalidDataException($"Field {field} has the kind {kind}.");
            }
        }
    }

    /// <summary>The numbers of its fields, in their order.</summary>
    public IEnumerable<int> Fields => _fields.Select(one => one.Field);

    /// <summary>The records of an event file, whose checksums are made bit by bit.</summary>
    public static IEnumerable<WireMessage> Records(string file)
    {
        byte[] all = File.ReadAllBytes(file);
        for (int at = 0; at < all.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(all.AsSpan(at));
            Check(all.AsSpan(at, 8), all.AsSpan(at + 8, 4));
            Check(all.AsSpan(at + 12, length), all.AsSpan(at + 12 + length, 4));
            yield return new WireMessage(all.AsSpan(at + 12, length));
            at += length + 16;
        }
    }

    public bool Has(int field) => _fields.Any(one => one.Field == field);

    /// <summary>0 where it is not there, as an encoder leaves it out.</summary>
    public long Int(int field) => (long)_fields.SingleOrDefault(one => one.Field == field).Number;

    public double Double(int field) => BitConverter.Int64BitsToDouble(Int(field));

    public float Float(int field) => BitConverter.Int32BitsToSingle((int)Int(field));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public WireMessage Message(int field) => new(Bytes(field));

    public IEnumerable<WireMessage> Messages(int field) => _fields.Where(one => one.Field == field).Select(one => new WireMessage(one.Bytes));

    /// <summary>Doubles one behind the other, as a list of them is packed.</summary>
    public double[] Doubles(int field)
    {
        byte[] bytes = Bytes(field);
        return [.. Enumerable.Range(0, bytes.Length / 8).Select(i => BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(i * 8)))];
    }

    private byte[] Bytes(int field) => _fields.Single(one => one.Field == field).Bytes;

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static void Check(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> checksum)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }

        crc = ~crc;
        BinaryPrimitives.ReadUInt32LittleEndian(checksum).Should().Be(((crc >> 15) | (crc << 17)) + 0xA282EAD8, "it is masked CRC-32C");
    }
}
