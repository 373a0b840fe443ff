using System.Runtime.CompilerServices;

namespace Benchmarks.Floors;

/// <summary>The least that taking a value over can cost: a lock that nobody else wants, and a record of 32 bytes behind it.</summary>
internal sealed class LockAndPush
{
    private const int Records = (1 << 20) / 32;

    private readonly Lock _lock = new();
    private readonly Record[] _records = new Record[Records];
    private int _count;

    /// <summary>How many were pushed; what is full begins anew.</summary>
    public long Pushed { get; private set; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Push(uint series, long time, double value)
    {
        lock (_lock)
        {
            if (_count == Records)
            {
                _count = 0;
            }

            _records[_count++] = new Record(series, 0, (ulong)Pushed++, time, value);
        }
    }

    private readonly record struct Record(uint Series, uint Flags, ulong Step, long Time, double Value);
}
