using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

/// <summary>One piece of native memory for everything that a call with many columns has to bring together.</summary>
internal unsafe ref struct NativeBlock
{
    private const int Alignment = sizeof(ulong);

    private readonly byte* _start;
    private readonly byte* _end;
    private byte* _next;

    /// <param name="length">The sum of <see cref="Room{T}"/> of all that will be taken.</param>
    public NativeBlock(nuint length)
    {
        _start = (byte*)NativeMemory.Alloc(length);
        _end = _start + length;
        _next = _start;
    }

    /// <summary>The number of bytes that this many elements take here.</summary>
    public static nuint Room<T>(int count)
        where T : unmanaged => checked((((nuint)count * (nuint)sizeof(T)) + Alignment - 1) / Alignment * Alignment);

    /// <summary>Room for this many elements, with undefined content.</summary>
    public Span<T> Take<T>(int count)
        where T : unmanaged
    {
        nuint length = Room<T>(count);
        if (length > (nuint)(_end - _next))
        {
            throw new InvalidOperationException("The block is smaller than what was to go into it.");
        }

        Span<T> taken = new(_next, count);
        _next += length;
        return taken;
    }

    /// <summary>A copy of a column; null when it has no elements.</summary>
    public T* Copy<T>(ReadOnlySpan<T> column)
        where T : unmanaged
    {
        if (column.IsEmpty)
        {
            return null;
        }

        Span<T> copy = Take<T>(column.Length);
        column.CopyTo(copy);
        fixed (T* start = copy)
        {
            return start;
        }
    }

    public readonly void Dispose() => NativeMemory.Free(_start);
}
