namespace Metrana;

/// <summary>Lets one thing be said once a minute at most. Its owner holds the lock.</summary>
internal sealed class SaidSeldom(TimeProvider clock)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    private long? _last;

    public bool IsDue => _last is not { } last || clock.GetElapsedTime(last) >= _pause;

    public void Said() => _last = clock.GetTimestamp();
}
