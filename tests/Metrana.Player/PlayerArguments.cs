namespace Metrana.Player;

/// <summary>What the program was asked to do.</summary>
internal sealed record PlayerArguments(string Scripts, string Endpoint, string ApiKey, string Out, string? Only)
{
    public const string Usage =
        "usage: Metrana.Player SCRIPTS.jsonl --endpoint URL --api-key KEY --out RESULTS.jsonl [--only NAME]";

    /// <summary>Reads the program's arguments.</summary>
    /// <exception cref="FormatException">They are not those of <see cref="Usage"/>.</exception>
    public static PlayerArguments Parse(IReadOnlyList<string> args)
    {
        string? scripts = null;
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] is "--endpoint" or "--api-key" or "--out" or "--only")
            {
                var name = args[i];
                i++;
                options[name] = i < args.Count ? args[i] : throw new FormatException($"{name} needs a value.");
            }
            else if (args[i].StartsWith("--", StringComparison.Ordinal) || scripts is not null)
            {
                throw new FormatException($"'{args[i]}' is not expected here.");
            }
            else
            {
                scripts = args[i];
            }
        }

        return new PlayerArguments(
            scripts ?? throw new FormatException("The file of scripts is missing."),
            Option("--endpoint"),
            Option("--api-key"),
            Option("--out"),
            options.GetValueOrDefault("--only"));

        string Option(string name) => options.GetValueOrDefault(name) ?? throw new FormatException($"{name} is missing.");
    }
}
