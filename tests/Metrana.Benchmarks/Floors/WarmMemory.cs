using System.Runtime.InteropServices;

namespace Benchmarks.Floors;

/// <summary>
/// Memory that was written before, to copy into: a ring of chunks, as a logger's recycled ones are. How large the ring is
/// decides which cache the copies go to, so a floor has to have the footprint of what it is held against.
/// </summary>
internal sealed unsafe class WarmMemory : IDisposable
{
    private const int ChunkBytes = 1 << 20;

    private readonly byte* _memory;
    private readonly nuint _size;
    private nuint _at;

    public WarmMemory(long bytes)
    {
        _size = (nuint)Math.Max(1, (bytes + ChunkBytes - 1) / ChunkBytes) * ChunkBytes;
        _memory = (byte*)NativeMemory.AlignedAlloc(_size, 4096);
        NativeMemory.Fill(_memory, _size, 1); // Every page is there now.
    }

    /// <summary>Copies to the next place; a copy never goes over the end of a chunk.</summary>
    public void Copy(void* source, int bytes)
    {
        if ((_at & (ChunkBytes - 1)) + (nuint)bytes > ChunkBytes)
        {
            _at = (_at + ChunkBytes) & ~(nuint)(ChunkBytes - 1);
        }

        if (_at + (nuint)bytes > _size)
        {
            _at = 0;
        }

        Buffer.MemoryCopy(source, _memory + _at, bytes, bytes);
        _at += (nuint)bytes;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
