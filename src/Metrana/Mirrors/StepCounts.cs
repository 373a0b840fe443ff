using System.Collections.Concurrent;

namespace Metrana.Mirrors;

/// <summary>
/// Counts the steps that calls leave out, as the engine counts them: mirrors cannot ask it for the step that it gave to a value.
/// </summary>
internal sealed class StepCounts
{
    private readonly ConcurrentDictionary<string, Count> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Series, string Environment), Lane> _lanes = new();

    public Count? Find(string series) => _series.GetValueOrDefault(series);

    /// <summary>The count of a new series, which goes on after a step that was there before.</summary>
    public Count Add(string series, long? lastStep) => _series.GetOrAdd(series, new Count((lastStep ?? -1) + 1));

    /// <summary>The environment steps of one environment. They begin again with each rl step and each episode.</summary>
    public Lane Of(string series, string environment) => _lanes.GetOrAdd((series, environment), static _ => new Lane());

    public sealed class Count(long next)
    {
        private long _next = next;

        /// <summary>Counts that many steps, and says which is the first.</summary>
        public long Take(int steps)
        {
            lock (this)
            {
                long first = _next;
                _next += steps;
                return first;
            }
        }

        /// <summary>Takes note of a step that a call gave.</summary>
        public void Note(long step)
        {
            lock (this)
            {
                _next = Math.Max(_next, step + 1);
            }
        }
    }

    /// <summary>Only the present rl step and episode are kept: a run that trains for weeks has no end of them.</summary>
    public sealed class Lane
    {
        private (long RlStep, long? Episode)? _at;
        private long _next;

        /// <summary>The step of a value: the given one, or the next.</summary>
        public long Take(long rlStep, long? episode, long? given)
        {
            lock (this)
            {
                if (_at != (rlStep, episode))
                {
                    (_at, _next) = ((rlStep, episode), 0);
                }

                long step = given ?? _next;
                _next = Math.Max(_next, step + 1);
                return step;
            }
        }
    }
}
