namespace Benchmarks.Micro;

/// <summary>How many calls an iteration makes.</summary>
internal static class Calls
{
    /// <summary>Calls that stand one after the other in the measured loop.</summary>
    public const int Unrolled = 16;

    /// <summary>Of what takes a few nanoseconds to a microsecond: some 16 MiB of records.</summary>
    public const int OfValues = 262_144;

    /// <summary>Of columns and what is as long: the longest, 100,000 doubles, fill 49 MiB.</summary>
    public const int OfColumns = 64;

    /// <summary>Of rows of 100, short columns (the longest fill 63 MiB) and attributes.</summary>
    public const int OfRows = 8192;
}
