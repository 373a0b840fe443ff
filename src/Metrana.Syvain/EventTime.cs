using System.Globalization;

namespace Metrana.Syvain;

/// <summary>
/// When a metric was measured: a <see cref="DateTimeOffset"/>, or a number of seconds or milliseconds since 1970. Numbers below
/// 10,000,000,000, including integers, are seconds.
/// </summary>
public readonly record struct EventTime
{
    /// <summary>The 20th of November 2286 in seconds, and the 26th of April 1970 in milliseconds.</summary>
    private const double FirstMilliseconds = 10_000_000_000;

    private EventTime(long milliseconds) => Milliseconds = milliseconds;

    /// <summary>Milliseconds since 1970 in UTC.</summary>
    public long Milliseconds { get; }

    /// <summary>Creates a time from a moment.</summary>
    /// <param name="time">The moment.</param>
    /// <exception cref="ArgumentOutOfRangeException">The moment is before 1970.</exception>
    public static EventTime From(DateTimeOffset time) => new(Checked(time.ToUnixTimeMilliseconds(), time.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>Creates a time from seconds or milliseconds since 1970.</summary>
    /// <param name="number">The number: seconds if it is below 10,000,000,000, otherwise milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static EventTime From(long number)
    {
        long checkedNumber = Checked(number, number.ToString(CultureInfo.InvariantCulture));
        return new(checkedNumber < FirstMilliseconds ? checkedNumber * 1000 : checkedNumber);
    }

    /// <summary>Creates a time from fractional seconds, or from milliseconds, since 1970.</summary>
    /// <param name="number">The number: seconds if it is below 10,000,000,000, otherwise milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative, NaN, or beyond the range of dates.</exception>
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
