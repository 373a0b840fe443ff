using Metrana.Mirrors;

namespace Metrana.Tests.Support;

/// <summary>A mirror that keeps what it is given, and does before each call what a test wants.</summary>
internal sealed class RecordingMirror(string name = "recording") : IRunMirror
{
    private readonly List<RunRecord> _records = [];
    private readonly List<int> _batches = [];

    public string Name => name;

    public TimeSpan Linger { get; init; }

    public int LingerPoints { get; init; } = 1;

    public Action<CancellationToken> BeforeStart { get; init; } = _ => { };

    public Action<CancellationToken> BeforeWrite { get; init; } = _ => { };

    public MirroredRun? Run { get; private set; }

    public MirroredEnd? Ended { get; private set; }

    public bool Disposed { get; private set; }

    public IReadOnlyList<RunRecord> Records
    {
        get
        {
            lock (_records)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>How many records each call brought.</summary>
    public IReadOnlyList<int> Batches
    {
        get
        {
            lock (_records)
            {
                return [.. _batches];
            }
        }
    }

    public IReadOnlyList<T> Of<T>() => [.. Records.OfType<T>()];

    public ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken)
    {
        BeforeStart(cancellationToken);
        Run = run;
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken)
    {
        BeforeWrite(cancellationToken);
        lock (_records)
        {
            _records.AddRange(records);
            _batches.Add(records.Count);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken)
    {
        Ended = ended;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
