using System.Globalization;

namespace VectorEnv;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = "usage: VectorEnv [--endpoint URL] [--run NAME] [--resume] [--updates N]";

    public string? Endpoint { get; private init; }

    public string? Run { get; private init; }

    public bool Resume { get; private init; }

    public int Updates { get; private init; } = 40;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">It is not as <see cref="Usage"/> says.</exception>
    public static Options Parse(string[] args) => args switch
    {
        [] => new Options(),
        [.. var before, "--endpoint", var url] => Parse(before) with { Endpoint = url },
        [.. var before, "--run", var name] => Parse(before) with { Run = name },
        [.. var before, "--resume"] => Parse(before) with { Resume = true },
        [.. var before, "--updates", var count] when int.TryParse(count, CultureInfo.InvariantCulture, out var n) && n > 0 =>
            Parse(before) with { Updates = n },
        _ => throw new FormatException($"'{string.Join(' ', args)}' is not understood."),
    };
}
