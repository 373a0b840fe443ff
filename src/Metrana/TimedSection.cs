using System.Diagnostics;

namespace Metrana;

/// <summary>Measures how long a section takes, from <see cref="Run.Time(string)"/> to its disposal, and logs the seconds.</summary>
public readonly struct TimedSection : IDisposable, IEquatable<TimedSection>
{
    private readonly Series? _series;
    private readonly long _start;

    internal TimedSection(Series series)
    {
        _series = series;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Whether both are the same section.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(TimedSection left, TimedSection right) => left.Equals(right);

    /// <summary>Whether they are different sections.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(TimedSection left, TimedSection right) => !left.Equals(right);

    /// <summary>Ends the section and logs how many seconds it took.</summary>
    public void Dispose() => _series?.Log(Stopwatch.GetElapsedTime(_start).TotalSeconds);

    /// <inheritdoc/>
    public bool Equals(TimedSection other) => ReferenceEquals(_series, other._series) && _start == other._start;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TimedSection other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_series, _start);
}
