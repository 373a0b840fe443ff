namespace Metrana.Native.Interop;

/// <summary>Durations as the native side takes them: seconds, where infinity is as long as it takes.</summary>
internal static class Seconds
{
    /// <summary>What the native side reads as "none", "no limit" or "as configured", whichever the call documents.</summary>
    public const double None = -1;

    public static double Of(TimeSpan duration) =>
        duration == Timeout.InfiniteTimeSpan ? double.PositiveInfinity : duration.TotalSeconds;

    /// <summary>The timeout of a call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    public static double OfTimeout(TimeSpan? timeout)
    {
        if (timeout is not { } given)
        {
            return None;
        }

        if (given < TimeSpan.Zero && given != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(timeout), given, "A timeout must be zero or more, or Timeout.InfiniteTimeSpan for no limit.");
        }

        return Of(given);
    }
}
