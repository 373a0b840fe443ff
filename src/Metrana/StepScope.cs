using Metrana.Native;

namespace Metrana;

/// <summary>
/// The scope in which <see cref="Run.Step(long, string)"/> gives calls a step. Disposing it restores the scope around it.
/// </summary>
public readonly struct StepScope : IDisposable, IEquatable<StepScope>
{
    private static readonly AsyncLocal<Inner?> _current = new();

    /// <summary>How many scopes are open in the process. A call looks for its own only when there are any.</summary>
    private static int _open;

    private readonly Inner? _inner;

    private StepScope(Inner inner) => _inner = inner;

    /// <summary>Whether both are the same scope.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(StepScope left, StepScope right) => left.Equals(right);

    /// <summary>Whether they are different scopes.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(StepScope left, StepScope right) => !left.Equals(right);

    /// <summary>Ends the scope.</summary>
    public void Dispose()
    {
        if (_inner is not null && Interlocked.Exchange(ref _inner.Ended, 1) == 0)
        {
            Interlocked.Decrement(ref _open);
            _current.Value = _inner.Outer;
        }
    }

    /// <inheritdoc/>
    public bool Equals(StepScope other) => ReferenceEquals(_inner, other._inner);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StepScope other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _inner?.GetHashCode() ?? 0;

    /// <summary>Whether any code of the process is inside a scope.</summary>
    internal static bool IsAnyOpen => Volatile.Read(ref _open) != 0;

    internal static StepScope Begin(long step, string? scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Inner inner = new(step, scale, _current.Value);
        _current.Value = inner;
        Interlocked.Increment(ref _open);
        return new StepScope(inner);
    }

    /// <summary>Gives a call the step of the scope around it, unless it has one.</summary>
    internal static void Apply(scoped ref Steps step, ref string? scale)
    {
        if (Volatile.Read(ref _open) != 0 && step.Kind == StepsKind.Auto && Find(scale) is { } inner)
        {
            step = Steps.From(inner.Step);
            scale ??= inner.Scale;
        }
    }

    /// <summary>Whether there is a scope around this call; for handles, whose scale is decided.</summary>
    internal static bool TryFind(string scale, out long step)
    {
        Inner? inner = Volatile.Read(ref _open) == 0 ? null : Find(scale);
        step = inner?.Step ?? 0;
        return inner is not null;
    }

    /// <summary>A scope is for one scale, and a call that names another is not meant.</summary>
    private static Inner? Find(string? scale)
    {
        Inner? inner = _current.Value;
        while (inner is not null && scale is not null && scale != (inner.Scale ?? Scale.MlStep))
        {
            inner = inner.Outer;
        }

        return inner;
    }

    private sealed class Inner(long step, string? scale, Inner? outer)
    {
        public int Ended;

        public long Step { get; } = step;

        public string? Scale { get; } = scale;

        public Inner? Outer { get; } = outer;
    }
}
