using System.Buffers.Binary;
using System.Text.Json;

namespace Metrana.Native.Interop;

/// <summary>
/// A tree of attribute values in the form that crosses: a flat buffer, each node behind the one it belongs to. It is kept by
/// its thread and used again.
/// </summary>
/// <remarks>
/// A node begins with a byte that says what it is; numbers are little-endian. Texts and maps and lists begin with how long
/// they are.
/// </remarks>
internal sealed partial class AttributeTree
{
    /// <summary>What a node is, as its first byte; the numbers are the native ones.</summary>
    internal enum Node : byte
    {
        Null = 0,
        False = 1,
        True = 2,
        Int = 3,
        Float = 4,
        Text = 5,
        Time = 6,
        Map = 7,
        List = 8,
    }

    /// <summary>How deep values may lie in each other. What goes deeper contains itself.</summary>
    public const int MostDepth = 128;

    /// <summary>How large all values of a call may be. What is larger is most likely a sequence that never ends.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>A thread that once logged a large value does not keep the memory for that.</summary>
    private const int MostKept = 64 << 10;

    [ThreadStatic]
    private static AttributeTree? _spare;

    private readonly (string? Key, int Index)[] _path = new (string?, int)[MostDepth];
    private JsonSerializerOptions? _contracts;
    private byte[] _bytes = new byte[256];
    private int _length;
    private int _depth;
    private string _root = "";

    private AttributeTree()
    {
    }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The tree of a value. To be given back by <see cref="Return"/>.</summary>
    /// <param name="root">What stands in front of the paths in messages.</param>
    /// <param name="value">The value.</param>
    /// <param name="contracts">Where the properties of objects are known from; null asks for them by reflection, where that is allowed.</param>
    /// <exception cref="ArgumentException">Something in it cannot be an attribute; the message says what and where.</exception>
    public static AttributeTree Of(string root, object? value, JsonSerializerOptions? contracts = null)
    {
        // Taken away and not only looked at: going through a caller's collection runs the caller's code, which may log.
        AttributeTree tree = _spare ?? new AttributeTree();
        _spare = null;
        tree._root = root;
        tree._length = 0;
        tree._depth = 0;
        tree._contracts = contracts;
        try
        {
            tree.Write(value);
            return tree;
        }
        catch
        {
            tree.Return();
            throw;
        }
    }

    public void Return()
    {
        Array.Clear(_path);
        _contracts = null;
        if (_bytes.Length <= MostKept)
        {
            _spare = this;
        }
    }

    private void Write(Node node) => Take(1)[0] = (byte)node;

    private void WriteInt(long value)
    {
        Write(Node.Int);
        BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);
    }

    private void WriteFloat(double value)
    {
        Write(Node.Float);
        BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);
    }

    private void WriteTime(DateTimeOffset moment)
    {
        Write(Node.Time);
        BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), moment.ToUnixTimeMilliseconds());
    }

    /// <summary>How long it is and its UTF-8, without a byte that says what it is: also the form of a key.</summary>
    private void WriteText(string text)
    {
        Reserve(checked(sizeof(uint) + Utf8.MaxBytes(text)));
        int length;
        try
        {
            length = Utf8.Write(text, _bytes.AsSpan(_length + sizeof(uint)), "value");
        }
        catch (ArgumentException e)
        {
            throw Refusal(e.Message);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), (uint)length);
        _length += length;
    }

    /// <summary>Begins a map or a list, and answers where the number of its entries goes.</summary>
    private int Begin(Node node)
    {
        if (_depth == MostDepth)
        {
            throw Refusal($"values are nested more than {MostDepth} deep here (does one contain itself?)");
        }

        Write(node);
        int count = _length;
        Take(sizeof(uint));
        _depth++;
        return count;
    }

    private void End(int place, int count)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(place), (uint)count);
        _depth--;
    }

    private Span<byte> Take(int length)
    {
        Reserve(length);
        _length += length;
        return _bytes.AsSpan(_length - length, length);
    }

    private void Reserve(int length)
    {
        if (_bytes.Length - _length < length)
        {
            if ((long)_length + length > MostBytes)
            {
                throw Refusal($"the values of one call take more than {MostBytes >> 20} MiB here (an endless sequence?)");
            }

            Array.Resize(ref _bytes, Math.Max(checked(_length + length), (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        }
    }
}
