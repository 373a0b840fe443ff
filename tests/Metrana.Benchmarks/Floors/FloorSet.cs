using System.Runtime.CompilerServices;
using Benchmarks.Workloads;

namespace Benchmarks.Floors;

/// <summary>The floors that need no server, measured in turn.</summary>
internal sealed unsafe class FloorSet : IDisposable
{
    /// <summary>Bytes of a round of copies: what a round of logging fills chunks with, so that both go to the same cache.</summary>
    public const int RoundBytes = 16 << 20;

    /// <summary>A ring so large that a copy finds its place in no cache when it comes round again.</summary>
    public const int FarRingBytes = 256 << 20;

    private const int CheapCalls = 200_000;

    // Most of what this program takes, and only a measurement of copies needs it.
    private readonly Lazy<WarmMemory> _memory = new(() => new WarmMemory(RoundBytes));
    private readonly Lazy<WarmMemory> _far = new(() => new WarmMemory(FarRingBytes));
    private readonly LockAndPush _push = new();
    private readonly double[] _source = Columns.Doubles(100_000, 1);
    private uint _sink;

    public FloorSet()
    {
        ManagedCall = new Floor(CheapCalls, CallManaged);
        EmptyCall = new Floor(CheapCalls, CallNothing);
        LockAndPush = new Floor(CheapCalls, Push);
        Copies = new SortedDictionary<int, Floor>();
        foreach (int bytes in (int[])[32, 80, 400, 800, 4_000, 8_000, 40_000, 80_000, 400_000, 800_000])
        {
            Copies[bytes] = new Floor(Math.Min(CheapCalls, RoundBytes / bytes), calls => Copy(_memory.Value, calls, bytes));
        }

        FarCopies = new SortedDictionary<int, Floor>();
        foreach (int bytes in (int[])[800, 80_000])
        {
            FarCopies[bytes] = new Floor(RoundBytes / bytes, calls => Copy(_far.Value, calls, bytes));
        }
    }

    /// <summary>A managed call that is not inlined.</summary>
    public Floor ManagedCall { get; }

    /// <summary>A P/Invoke that does nothing.</summary>
    public Floor EmptyCall { get; }

    /// <summary>An uncontended lock and a record of 32 bytes.</summary>
    public Floor LockAndPush { get; }

    /// <summary>Copies into warm memory, by their bytes.</summary>
    public SortedDictionary<int, Floor> Copies { get; }

    /// <summary>
    /// Copies into memory that was written before and has left the caches, by their bytes. So is a recycled chunk: since it was
    /// written the network thread, the kernel and the server have moved its bytes several times.
    /// </summary>
    public SortedDictionary<int, Floor> FarCopies { get; }

    private IEnumerable<Floor> All => [ManagedCall, EmptyCall, LockAndPush, .. Copies.Values, .. FarCopies.Values];

    public void Measure(int rounds)
    {
        foreach (Floor floor in All)
        {
            floor.WarmUp();
        }

        for (int i = 0; i < rounds; i++)
        {
            RoundOfAll();
        }
    }

    /// <summary>One round more of each.</summary>
    public void RoundOfAll()
    {
        foreach (Floor floor in All)
        {
            floor.Round();
        }
    }

    public void Dispose()
    {
        foreach (Lazy<WarmMemory> memory in (Lazy<WarmMemory>[])[_memory, _far])
        {
            if (memory.IsValueCreated)
            {
                memory.Value.Dispose();
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Managed(uint value) => value + 1;

    private void CallManaged(int calls)
    {
        uint sum = 0;
        for (int i = 0; i < calls; i++)
        {
            sum += Managed((uint)i);
        }

        _sink += sum;
    }

    private void CallNothing(int calls)
    {
        uint sum = 0;
        for (int i = 0; i < calls; i++)
        {
            sum += NativeFloor.Nothing();
        }

        _sink += sum;
    }

    private void Push(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            _push.Push((uint)i, i, i * 0.5);
        }
    }

    private void Copy(WarmMemory memory, int calls, int bytes)
    {
        fixed (double* source = _source)
        {
            for (int i = 0; i < calls; i++)
            {
                memory.Copy(source, bytes);
            }
        }
    }
}
