using System.Globalization;

namespace QLearning;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = "usage: QLearning [--endpoint URL] [--api-key KEY] [--run NAME] [--episodes N]";

    public string? Endpoint { get; private init; }

    public string? ApiKey { get; private init; }

    public string Run { get; private init; } = $"cliff-{DateTime.Now:yyyyMMdd-HHmmss}";

    public int Episodes { get; private init; } = 500;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">It is not as <see cref="Usage"/> says.</exception>
    public static Options Parse(string[] args) => args switch
    {
        [] => new Options(),
        [.. var before, "--endpoint", var url] => Parse(before) with { Endpoint = url },
        [.. var before, "--api-key", var key] => Parse(before) with { ApiKey = key },
        [.. var before, "--run", var name] => Parse(before) with { Run = name },
        [.. var before, "--episodes", var count] when int.TryParse(count, CultureInfo.InvariantCulture, out var n) && n > 0 =>
            Parse(before) with { Episodes = n },
        _ => throw new FormatException($"'{string.Join(' ', args)}' is not understood."),
    };
}
