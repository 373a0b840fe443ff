using System.Globalization;

namespace Metrana.Syvain;

/// <summary>
/// When a metric was measured: a <see cref="DateTimeOffset"/>, or a number of seconds or milliseconds since 1970. Numbers below
/// 10,000,000,000 are seconds, whole ones too.
/// </summary>
public readonly record struct EventTime
{
    /// <summary>The 20th of November 2286 in seconds, and the 26th of April 1970 in milliseconds.</summary>
    private const double FirstMilliseconds = 10_000_000_000;

    private EventTime(long milliseconds) => Milliseconds = milliseconds;

    /// <summary>Milliseconds since 1970 in UTC.</summary>
    public long Milliseconds { get; }

    /// <summary>A moment.</summary>
    /// <param name="time">The moment.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is before 1970.</exception>
    public static EventTime From(DateTimeOffset time) => new(Checked(time.ToUnixTimeMilliseconds(), time.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>Seconds or milliseconds since 1970.</summary>
    /// <param name="number">Below 10,000,000,000 seconds, else milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static EventTime From(long number)
    {
        long checkedNumber = Checked(number, number.ToString(CultureInfo.InvariantCulture));
        return new(checkedNumber < FirstMilliseconds ? checkedNumber * 1000 : checkedNumber);
    }

    /// <summary>Seconds with their fraction, or milliseconds, since 1970.</summary>
    /// <param name="number">Below 10,000,000,000 seconds, else milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, no number, or beyond what a clock can say.</exception>
    public static EventTime From(double number)
    {
        // A double that is no long becomes one silently, and another one.
        if (!(number >= 0 && number < long.MaxValue))
        {
            throw Refusal(number.ToString(CultureInfo.InvariantCulture));
        }

        return new((long)(number < FirstMilliseconds ? number * 1000 : number));
    }

    /// <inheritdoc cref="From(DateTimeOffset)"/>
    public static implicit operator EventTime(DateTimeOffset time) => From(time);

    /// <inheritdoc cref="From(long)"/>
    public static implicit operator EventTime(long number) => From(number);

    /// <inheritdoc cref="From(double)"/>
    public static implicit operator EventTime(double number) => From(number);

    private static long Checked(long number, string text) => number >= 0 ? number : throw Refusal(text);

    private static ArgumentOutOfRangeException Refusal(string text) =>
        new(null, $"{text} is no time since 1970. Give a DateTimeOffset, or seconds or milliseconds since 1970.");
}
