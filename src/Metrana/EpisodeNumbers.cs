using System.Text;
using Metrana.Native;

namespace Metrana;

/// <summary>The last episode of each metric in each environment, for calls that give none.</summary>
internal sealed class EpisodeNumbers
{
    private readonly object _gate = new();
    private readonly Dictionary<(string Series, string Environment), long> _last = [];

    /// <summary>The number after the last one. In a run that was continued, the first is the one after those that the service knew.</summary>
    public long Next(Run run, string metric, string environment, LabelSpan labels)
    {
        lock (_gate)
        {
            if (_last.TryGetValue((Key(metric, labels), environment), out long last))
            {
                return last + 1;
            }
        }

        return run.WasCreated ? 0 : (run.GetEnvironmentLastRlStepAndEpisode(environment).Episode ?? -1) + 1;
    }

    public void Note(string metric, string environment, LabelSpan labels, long episode)
    {
        (string, string) key = (Key(metric, labels), environment);
        lock (_gate)
        {
            _last[key] = Math.Max(episode, _last.GetValueOrDefault(key, -1));
        }
    }

    private static string Key(string metric, LabelSpan labels)
    {
        if (labels.Count == 0)
        {
            return metric;
        }

        List<(string Key, string Value)> all = new(labels.Count);
        foreach ((string key, string value) in labels)
        {
            all.Add((key, value));
        }

        StringBuilder text = new(metric);
        foreach ((string key, string value) in all.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            text.Append('\n').Append(key).Append('=').Append(value);
        }

        return text.ToString();
    }
}
