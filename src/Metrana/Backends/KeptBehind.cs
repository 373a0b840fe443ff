using System.Globalization;
using Metrana.Native.Interop;

namespace Metrana.Backends;

/// <summary>
/// Finds which of the kept calls of reinforcement learning lie where the run had been already. While it waited nobody could know: the
/// training began at step 0. A service stores such points, and no curve counts them.
/// </summary>
internal sealed class KeptBehind(Backend service)
{
    /// <summary>Where each environment stood when the run was opened: asked before its first kept call is made.</summary>
    private readonly Dictionary<string, long?> _lastSteps = new(StringComparer.Ordinal);

    private long _points;
    private long _lastStep;

    /// <summary>Looks at a call that is about to be made.</summary>
    public void Look(KeptCall kept)
    {
        foreach (string environment in kept.Environments)
        {
            if (!_lastSteps.TryGetValue(environment, out long? last))
            {
                _lastSteps[environment] = last = service.GetEnvironmentProgress(environment).RlStep;
            }

            if (last is { } known && kept.RlStep <= known)
            {
                _points += kept.Points / kept.Environments.Length;
                _lastStep = Math.Max(_lastStep, known);
            }
        }
    }

    /// <summary>Says what was found, if anything was.</summary>
    public void Tell(RunConsole console)
    {
        if (_points == 0)
        {
            return;
        }

        console.Warn(
            RunEvents.KeptPointsBehind,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the run existed before and had come to training step {_lastStep}. The service stores but does not count {Wording.Count(_points, "point")} of what was kept while the run waited for it, at that step or below, and what follows up to there. Wait for the service before training on, so that NextRlStep and TrackEpisodes continue where the run stood, or choose a new name."),
            ("Points", _points),
            ("LastRlStep", _lastStep));
    }
}
