using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Metrana.MLflow.Writing;

/// <summary>
/// The keys of metrics. MLflow knows fewer characters than a run, neither labels nor scales, and refuses a whole request for one key
/// that it does not like.
/// </summary>
internal sealed class MetricKeys
{
    /// <summary>The longest key that the server takes.</summary>
    private const int Longest = 250;

    /// <summary>The label of an evaluation, which the name of its metric says already.</summary>
    private const string Evaluation = "evaluation";

    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The key of a series: always the same, and of no other series.</summary>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="scale">What its steps count.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="part">What of it is written, where it is no single number: such as <c>mean</c>.</param>
    public string Of(string metric, string scale, IReadOnlyDictionary<string, string> labels, string? part = null)
    {
        StringBuilder name = new(metric);
        foreach ((string label, string value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            if (label != Evaluation || value != "true" || !metric.StartsWith("eval/", StringComparison.Ordinal))
            {
                name.Append('/').Append(label).Append(':').Append(value);
            }
        }

        if (part is not null)
        {
            name.Append('/').Append(part);
        }

        string whole = name.ToString();
        string identity = $"{whole}\n{scale}";
        if (_keys.TryGetValue(identity, out string? key))
        {
            return key;
        }

        key = Clean(whole);
        for (int number = 2; !_taken.Add(key); number++)
        {
            // Two names became one: the scale tells two series of a metric apart, and otherwise a number.
            key = Clean(number == 2 ? $"{whole}.{scale}" : string.Create(CultureInfo.InvariantCulture, $"{whole}.{number}"));
        }

        return _keys[identity] = key;
    }

    /// <summary>A name that MLflow takes: other characters become lines, and parts that lead out of a path too.</summary>
    public static string Clean(string name)
    {
        string[] parts = string.Concat(name.Select(c => IsAllowed(c) ? c : '_')).Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is "." or ".." || (i == 0 && parts[i].StartsWith("..", StringComparison.Ordinal)))
            {
                parts[i] = parts[i].Replace('.', '_');
            }
        }

        string clean = string.Join('/', parts);
        return clean.Length switch
        {
            0 => "_",
            > Longest => Shorten(clean, name),
            _ => clean,
        };
    }

    private static bool IsAllowed(char c) => c is '_' or '-' or '.' or ':' or '/' or ' ' || char.IsLetterOrDigit(c);

    /// <summary>The end tells long names apart that begin alike.</summary>
    private static string Shorten(string clean, string name)
    {
        string end = "-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4));
        return clean[..(Longest - end.Length)].TrimEnd('/') + end;
    }
}
