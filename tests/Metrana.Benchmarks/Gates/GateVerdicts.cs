using System.Globalization;

namespace Benchmarks.Gates;

/// <summary>What was measured, held against the limits.</summary>
internal sealed class GateVerdicts(GateLimits limits, bool shortForm)
{
    private readonly SortedDictionary<string, double> _measured = new(StringComparer.Ordinal);

    /// <summary>The best value of each gate so far.</summary>
    public IReadOnlyDictionary<string, double> Measured => _measured;

    /// <summary>Takes values; of a gate that was measured before, the better one stays.</summary>
    /// <exception cref="InvalidOperationException">A value has no limit: a gate that cannot fail is none.</exception>
    public void Add(IReadOnlyDictionary<string, double> values)
    {
        foreach ((string name, double value) in values)
        {
            if (!limits.Limits.ContainsKey(name))
            {
                throw new InvalidOperationException($"'{name}' was measured and has no limit.");
            }

            _measured[name] = _measured.TryGetValue(name, out double before) ? Math.Min(before, value) : value;
        }
    }

    /// <summary>Whether one of these gates, of those of the form that is run, does not let pass what was measured.</summary>
    public bool AnyFails(IEnumerable<string> names) => Expected.Intersect(names, StringComparer.Ordinal).Any(name => !Passes(name));

    /// <summary>Whether all gates of the form that was run were measured and passed.</summary>
    public bool AllPass => Expected.All(name => _measured.ContainsKey(name) && Passes(name));

    private IEnumerable<string> Expected => limits.Limits.Where(limit => !shortForm || !limit.Value.FullOnly).Select(limit => limit.Key);

    /// <summary>A line for each gate of the form that was run.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (string name in Expected)
        {
            GateLimit limit = limits.Limits[name];
            string verdict = !_measured.ContainsKey(name) ? "MISSING" : Passes(name) ? "ok" : "FAIL";
            string value = _measured.TryGetValue(name, out double measured) ? measured.ToString("G5", CultureInfo.InvariantCulture) : "-";
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{verdict,-8}{name,-44}{value,12}  at most {limit.Max,-10:G6}{(verdict == "ok" ? "" : limit.Why)}");
        }
    }

    // A value that is not a number passes nothing.
    private bool Passes(string name) => _measured[name] <= limits.Limits[name].Max;
}
