using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Metrana;

/// <summary>What a person wants to know months later about this process, which made a run.</summary>
internal static partial class OwnProcess
{
    private const string Hidden = "***";

    /// <param name="wanted">Which facts.</param>
    /// <param name="secret">A text that must not appear, wherever it stands.</param>
    public static IReadOnlyDictionary<string, object?> Collect(ProcessFacts wanted, string? secret)
    {
        Dictionary<string, object?> facts = [];
        if (wanted.HasFlag(ProcessFacts.Host))
        {
            facts["host"] = Environment.MachineName;
            facts["id"] = Environment.ProcessId;
            facts["cpus"] = Environment.ProcessorCount;
            facts["memory_bytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        }

        if (wanted.HasFlag(ProcessFacts.System))
        {
            facts["os"] = RuntimeInformation.OSDescription;
            facts["architecture"] = RuntimeInformation.ProcessArchitecture.ToString();
        }

        if (wanted.HasFlag(ProcessFacts.Runtime))
        {
            facts["dotnet"] = RuntimeInformation.FrameworkDescription;
        }

        if (wanted.HasFlag(ProcessFacts.Gpu) && Gpus() is { Length: > 0 } gpus)
        {
            facts["gpu_count"] = gpus.Length;
            facts["gpu"] = string.Join(", ", gpus.Distinct(StringComparer.Ordinal));
        }

        if (wanted.HasFlag(ProcessFacts.CommandLine))
        {
            facts["command_line"] = CommandLine(Environment.GetCommandLineArgs(), secret);
        }

        if (wanted.HasFlag(ProcessFacts.Directory))
        {
            facts["directory"] = Hide(Environment.CurrentDirectory, secret);
        }

        return facts;
    }

    /// <summary>The command line with everything hidden that its name says is a secret.</summary>
    public static string CommandLine(IReadOnlyList<string> arguments, string? secret)
    {
        List<string> shown = [];
        bool hideNext = false;
        foreach (string argument in arguments)
        {
            string text = argument;
            if (hideNext && !text.StartsWith('-'))
            {
                text = Hidden;
                hideNext = false;
            }
            else
            {
                int equals = text.IndexOf('=', StringComparison.Ordinal);
                bool isSecret = SecretName().IsMatch(equals < 0 ? text : text[..equals]);
                hideNext = isSecret && equals < 0 && (text.StartsWith('-') || text.StartsWith('/'));
                text = isSecret && equals >= 0 ? text[..(equals + 1)] + Hidden : UserOfUrl().Replace(text, "://" + Hidden + "@");
            }

            shown.Add(Hide(text, secret));
        }

        return string.Join(' ', shown.Select(text => text.Contains(' ', StringComparison.Ordinal) ? $"\"{text}\"" : text));
    }

    private static string Hide(string text, string? secret) =>
        string.IsNullOrEmpty(secret) ? text : text.Replace(secret, Hidden, StringComparison.Ordinal);

    /// <summary>The names of the graphics cards, as their driver shows them to everybody.</summary>
    private static string[] Gpus()
    {
        const string Folder = "/proc/driver/nvidia/gpus";
        const string Model = "Model:";
        try
        {
            return !Directory.Exists(Folder)
                ? []
                : [.. Directory.EnumerateDirectories(Folder)
                    .SelectMany(gpu => File.ReadLines(Path.Combine(gpu, "information")))
                    .Where(line => line.StartsWith(Model, StringComparison.Ordinal))
                    .Select(line => line[Model.Length..].Trim())];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [GeneratedRegex("key|token|secret|passw|pwd|credential|auth", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"://[^/@\s]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserOfUrl();
}
