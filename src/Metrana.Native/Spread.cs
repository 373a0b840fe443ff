namespace Metrana.Native;

/// <summary>
/// Something that the points of a grid of environments have, as the caller wrote it: once for all, once for each
/// environment, or once for each value. It is never spread out in memory.
/// </summary>
internal readonly ref struct Spread
{
    // Fields, not properties: a call reads them where they lie, without a copy of the whole.
    public readonly SpreadKind Kind;
    public readonly long Value;
    public readonly ReadOnlySpan<long> Values;
    private readonly bool _fits;

    private Spread(SpreadKind kind, long value, ReadOnlySpan<long> values, bool fits)
    {
        Kind = kind;
        Value = value;
        Values = values;
        _fits = fits;
    }

    public static Spread Uniform(long value) => new(SpreadKind.Uniform, value, default, fits: false);

    public static Spread PerEnvironment(ReadOnlySpan<long> values) => new(SpreadKind.PerEnvironment, 0, values, fits: false);

    public static Spread Grid(ReadOnlySpan<long> values) => new(SpreadKind.Grid, 0, values, fits: false);

    /// <summary>One that brings no values of its own.</summary>
    public static Spread Of(SpreadKind kind, long value) => new(kind, value, default, fits: false);

    /// <summary>Whichever of the two its length fits.</summary>
    public static Spread Each(ReadOnlySpan<long> values) => new(SpreadKind.Grid, 0, values, fits: true);

    /// <summary>How it is spread in a call. Several environments with a value each are the only lengths that mean both, and the same.</summary>
    /// <param name="environments">How many environments the call names.</param>
    /// <param name="count">How many values it brings.</param>
    public SpreadKind KindFor(int environments, int count) =>
        _fits && Values.Length == environments && (environments > 1 || count != environments) ? SpreadKind.PerEnvironment : Kind;

    /// <summary>The same, with its kind settled.</summary>
    /// <param name="environments">How many environments the call names.</param>
    /// <param name="count">How many values it brings.</param>
    public Spread For(int environments, int count) => new(KindFor(environments, count), Value, Values, fits: false);

    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static long NotNegative(long value, string parameter, string what) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(parameter, value, $"The {what} is {value}; it cannot be negative.");

    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    public static void ThrowIfNegative(ReadOnlySpan<long> values, string parameter, string what)
    {
        int negative = values.IndexOfAnyInRange(long.MinValue, -1);
        if (negative >= 0)
        {
            throw new ArgumentOutOfRangeException(
                parameter, values[negative], $"The {what} at index {negative} is {values[negative]}; it cannot be negative.");
        }
    }
}

/// <summary>How something is spread; the numbers are the native ones.</summary>
internal enum SpreadKind
{
    None = 0,
    Uniform = 1,
    PerEnvironment = 2,
    Grid = 3,
}
