using Metrana.Native;
using Metrana.Native.Interop;

namespace Metrana;

/// <summary>
/// Tracks the episodes of many environments that step together: logs the reward of each step, and the return and length of each
/// episode that ends. Created by <see cref="Run.TrackEpisodes(int, int, EpisodeTrackerOptions?)"/>. Only one thread at a time may
/// use it.
/// </summary>
/// <remarks>
/// The episodes of each environment are numbered from 0. In a continued run, the numbers go on after the last one that the service
/// knows; the interrupted episodes are left as they are.
/// </remarks>
/// <example>
/// <code>
/// EpisodeTracker episodes = run.TrackEpisodes(environments: 64);
/// for (long update = run.NextRlStep; update &lt; 1000; update++)
/// {
///     for (int t = 0; t &lt; 128; t++)
///     {
///         episodes.Step(update, rewards, terminated, truncated);
///     }
/// }
/// </code>
/// </example>
public sealed class EpisodeTracker
{
    private readonly Run _run;
    private readonly EpisodeTrackerOptions _options;
    private readonly string[] _names;
    private readonly long[] _episodes;
    private readonly double[] _returns;
    private readonly long[] _lengths;
    private readonly MeanWindow _returnWindow;
    private readonly MeanWindow _lengthWindow;

    // Scratch space for the environments whose episode ends in a step.
    private readonly string[] _endedNames;
    private readonly long[] _endedEpisodes;
    private readonly double[] _endedReturns;
    private readonly double[] _endedLengths;

    private long _meansOf = -1;
    private bool _hasMeans;

    internal EpisodeTracker(Run run, string[] names, EpisodeTrackerOptions options)
    {
        if (names.Length == 0 || names.Distinct(StringComparer.Ordinal).Count() != names.Length)
        {
            throw new ArgumentException(
                names.Length == 0 ? "There are no environments to track." : "An environment is named twice.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(options.MeanWindow, nameof(options));
        _run = run;
        _options = options;
        _names = names;
        _episodes = new long[names.Length];
        _returns = new double[names.Length];
        _lengths = new long[names.Length];
        _returnWindow = new MeanWindow(Math.Max(1, options.MeanWindow));
        _lengthWindow = new MeanWindow(Math.Max(1, options.MeanWindow));
        _endedNames = new string[names.Length];
        _endedEpisodes = new long[names.Length];
        _endedReturns = new double[names.Length];
        _endedLengths = new double[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            _episodes[i] = (run.GetEnvironmentLastRlStepAndEpisode(names[i]).Episode ?? -1) + 1;
        }
    }

    /// <summary>The names of the environments, in the order of the values of a step.</summary>
    public ReadOnlySpan<string> Environments => _names;

    /// <summary>The number of the episode that each environment is in.</summary>
    public ReadOnlySpan<long> Episodes => _episodes;

    /// <summary>The sum of the rewards so far in the episode that each environment is in.</summary>
    public ReadOnlySpan<double> Returns => _returns;

    /// <summary>How many episodes have ended since the tracker was made.</summary>
    public long Finished { get; private set; }

    /// <summary>The mean return of the last episodes (<see cref="EpisodeTrackerOptions.MeanWindow"/>); NaN before the first has ended.</summary>
    public double MeanReturn => _returnWindow.Mean;

    /// <summary>The mean length of the last episodes; NaN before the first has ended.</summary>
    public double MeanLength => _lengthWindow.Mean;

    /// <summary>
    /// Records one step of all environments: logs the rewards, and the return and length of each episode that ends with this step.
    /// The next step of an environment whose episode ended is the first of its next episode.
    /// </summary>
    /// <param name="rlStep">The training step: the update or iteration that the step is collected in.</param>
    /// <param name="rewards">The reward of each environment: an array, span or list of numbers of any type.</param>
    /// <param name="terminated">Which environments ended their episode by themselves, such as at the goal or with a fall.</param>
    /// <param name="truncated">Which ones were cut off, such as by a time limit; none if omitted.</param>
    /// <exception cref="MetricValidationException">There are not as many values as environments. Nothing changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The training step is negative. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Step(long rlStep, Values rewards, ReadOnlySpan<bool> terminated, ReadOnlySpan<bool> truncated = default)
    {
        Check(rlStep, rewards.Count, terminated.Length, truncated.Length);
        TurnTo(rlStep);
        _run.LogEnvironmentStep(
            _options.RewardMetric, rewards, rlStep, _names, Native.Episodes.PerEnvironment(_episodes), evaluation: _options.Evaluation ? true : null);
        using (Values.Widened wide = rewards.ToDoubles())
        {
            for (int i = 0; i < wide.Span.Length; i++)
            {
                _returns[i] += wide.Span[i];
            }
        }

        EndEpisodes(rlStep, terminated, truncated);
    }

    /// <summary>
    /// Abandons the episodes in progress, for when all environments are reset at once. Their rewards stay logged; no return or
    /// length is logged for them.
    /// </summary>
    public void Abandon()
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (_lengths[i] > 0)
            {
                Begin(i);
            }
        }
    }

    /// <summary>
    /// Logs the means of the current training step now. This happens automatically at the next training step and at the end of the
    /// run.
    /// </summary>
    public void Flush()
    {
        if (!_hasMeans)
        {
            return;
        }

        _hasMeans = false;
        (string, double)[] means = [($"{_options.ReturnMetric}_mean", MeanReturn), ($"{_options.LengthMetric}_mean", MeanLength)];
        _run.LogAll(means, Steps.From(_meansOf), Scale.MlStep, default, default, _options.Evaluation ? true : null);
    }

    private void EndEpisodes(long rlStep, ReadOnlySpan<bool> terminated, ReadOnlySpan<bool> truncated)
    {
        int ended = 0;
        for (int i = 0; i < _names.Length; i++)
        {
            _lengths[i]++;
            if (!terminated[i] && (truncated.IsEmpty || !truncated[i]))
            {
                continue;
            }

            _endedNames[ended] = _names[i];
            _endedEpisodes[ended] = _episodes[i];
            _endedReturns[ended] = _returns[i];
            _endedLengths[ended] = _lengths[i];
            ended++;
            _returnWindow.Add(_returns[i]);
            _lengthWindow.Add(_lengths[i]);
            Begin(i);
        }

        if (ended == 0)
        {
            return;
        }

        Finished += ended;
        _hasMeans = _options.MeanWindow > 0;
        _meansOf = rlStep;
        LogEnded(_options.ReturnMetric, _endedReturns, rlStep, ended);
        LogEnded(_options.LengthMetric, _endedLengths, rlStep, ended);
    }

    private void LogEnded(string metric, double[] values, long rlStep, int ended) => _run.LogEpisode(
        metric,
        values.AsSpan(0, ended),
        rlStep,
        new ReadOnlySpan<string>(_endedNames, 0, ended),
        _endedEpisodes.AsSpan(0, ended),
        evaluation: _options.Evaluation ? true : null);

    private void Begin(int environment)
    {
        _episodes[environment]++;
        _returns[environment] = 0;
        _lengths[environment] = 0;
    }

    private void TurnTo(long rlStep)
    {
        if (rlStep != _meansOf)
        {
            Flush();
        }
    }

    private void Check(long rlStep, int rewards, int terminated, int truncated)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rlStep);
        CheckLength(rewards, nameof(rewards));
        CheckLength(terminated, nameof(terminated));
        if (truncated != 0)
        {
            CheckLength(truncated, nameof(truncated));
        }
    }

    private void CheckLength(int length, string name)
    {
        if (length != _names.Length)
        {
            throw MetricValidationException.Of($"'{name}' has {Wording.Count(length, "value")} for {Wording.Count(_names.Length, "environment")}: give one for each.");
        }
    }
}
