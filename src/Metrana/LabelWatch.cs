using System.Collections.Concurrent;
using System.Globalization;
using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// Counts the label sets of each metric, and warns once of one that has more than people look at: each is a series of its own,
/// so that a label that changes with every call fills memory, here and in the service.
/// </summary>
internal sealed class LabelWatch(RunConsole console)
{
    public const int Most = 1000;

    private readonly ConcurrentDictionary<string, Sets> _metrics = new(StringComparer.Ordinal);

    public void Note(string metric, LabelSpan labels)
    {
        if (labels.Count == 0)
        {
            return;
        }

        if (!_metrics.TryGetValue(metric, out Sets? sets))
        {
            sets = _metrics.GetOrAdd(metric, static _ => new Sets());
        }

        // The labels of a handle or of a loop are mostly those of the call before.
        Labels? kept = labels.Kept;
        if (sets.IsSaid || (kept is not null && ReferenceEquals(kept, sets.Last)))
        {
            return;
        }

        sets.Last = kept;
        ulong hash = 0;
        foreach ((string key, string value) in labels)
        {
            // A sum, because the order of labels does not matter.
            hash += unchecked(((ulong)(uint)key.GetHashCode() * 0x9E3779B97F4A7C15UL) ^ ((ulong)(uint)value.GetHashCode() * 0xC2B2AE3D27D4EB4FUL));
        }

        if (!sets.IsOneTooMany(hash))
        {
            return;
        }

        string last = string.Join(", ", CallShape.LabelsOf(labels).Select(label => $"{label.Key}={label.Value}"));
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"the metric '{metric}' has {Most + 1} label sets, the last one {last}. Each is a series of its own, kept in memory here and in the service. Labels are for a few groups; what changes with every call belongs in the step or the value.");
        console.Warn(RunEvents.TooManyLabelSets, text, ("Metric", metric), ("Sets", Most + 1), ("Last", last));
    }

    private sealed class Sets
    {
        private readonly HashSet<ulong> _hashes = [];

        public volatile bool IsSaid;

        public volatile Labels? Last;

        public bool IsOneTooMany(ulong hash)
        {
            lock (_hashes)
            {
                if (IsSaid || !_hashes.Add(hash) || _hashes.Count <= Most)
                {
                    return false;
                }

                _hashes.Clear();
                IsSaid = true;
                return true;
            }
        }
    }
}
