using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>The environment of a call that names none.</summary>
    private const string DefaultEnvironment = "default";

    private readonly EpisodeNumbers _episodeNumbers = new();
    private long _lastRlStep = -1;

    /// <summary>Whether this process has said which environments are its own.</summary>
    private volatile bool _hasEnvironments;

    /// <summary>
    /// The training step to continue with: one after the last of the run, 0 in a new run. The last step is that of the environments
    /// that this process has logged to, tracked or queried, and of <c>default</c>; while there are none, that of all environments
    /// of the run.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public long NextRlStep
    {
        get
        {
            Backend backend = Open();
            NoteRlStep(backend.GetEnvironmentProgress(DefaultEnvironment).RlStep);
            long last = Volatile.Read(ref _lastRlStep);
            return (last < 0 && !_hasEnvironments ? backend.GetLastRlStep() ?? last : last) + 1;
        }
    }

    /// <summary>
    /// Logs one value of a metric that has one point per episode, such as a return. As in the published clients, the episode is the
    /// step of the point.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>episode_return</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="rlStep">The training step: the update or iteration that the episode ended in.</param>
    /// <param name="episode">The number of the episode; if omitted, the one after the last of this metric in this environment.</param>
    /// <param name="environment">The environment; <c>default</c> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <exception cref="MetricValidationException">A name, a label or a number breaks a rule. Nothing was logged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A step or an episode is negative.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void LogEpisode(
        string metric,
        double value,
        long rlStep,
        long? episode = null,
        string? environment = null,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Backend backend = Open();
        environment ??= DefaultEnvironment;
        LabelSpan all = RunEvaluation.Mark(labels, evaluation);
        long number = episode ?? _episodeNumbers.Next(this, metric, environment, all);
        RlBlock block = new()
        {
            Metric = metric,
            Scale = Native.Scale.Episode,
            Labels = all,
            RlStep = rlStep,
            Environments = environment,
            Steps = EnvironmentSteps.From(number),
            Timestamps = timestamp,
        };
        backend.Log(block, new ReadOnlySpan<double>(in value));
        _episodeNumbers.Note(metric, environment, all, number);
        NoteRlStep(rlStep);
        _summary.Note(metric, value);
    }

    /// <summary>Logs true as 1 and false as 0, such as whether the episode was a success.</summary>
    /// <inheritdoc cref="LogEpisode(string, double, long, long?, string?, LabelSpan, RlTimestamps, bool?)"/>
    public void LogEpisode(
        string metric,
        bool value,
        long rlStep,
        long? episode = null,
        string? environment = null,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        bool? evaluation = null) =>
        LogEpisode(metric, value ? 1.0 : 0.0, rlStep, episode, environment, labels, timestamp, evaluation);

    /// <summary>Logs one value for each of several environments whose episode has ended, all of them or none.</summary>
    /// <inheritdoc cref="LogEpisode(string, double, long, long?, string?, LabelSpan, RlTimestamps, bool?)"/>
    /// <param name="metric">The name of the metric, such as <c>episode_return</c>.</param>
    /// <param name="values">A value for each environment, of any type of number.</param>
    /// <param name="rlStep">The training step: the update or iteration that the episodes ended in.</param>
    /// <param name="environments">The environments.</param>
    /// <param name="episodes">
    /// The number of the episode in each environment; if omitted, the one after the last of this metric in that environment.
    /// </param>
    /// <param name="where">Which environments to log: one flag for each; all if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When they were measured; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <exception cref="MetricValidationException">
    /// There are not as many episodes or environments as values, or a name, a label or a number breaks a rule. Nothing was logged.
    /// </exception>
    public void LogEpisode(
        string metric,
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        ReadOnlySpan<bool> where = default,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        int count = environments.Count;
        Spread given = episodes.Spread;
        if (values.Count != count || (!given.Values.IsEmpty && given.Values.Length != count))
        {
            string numbers = given.Values.IsEmpty ? "" : $" and {given.Values.Length} episodes";
            throw MetricValidationException.Of(
                $"{values.Count} values{numbers} came with {count} environments: give one of each for every environment.").About(metric);
        }

        Backend backend = Open();
        if (count == 0)
        {
            return;
        }

        LabelSpan all = RunEvaluation.Mark(labels, evaluation);
        long[] numbered = ArrayPool<long>.Shared.Rent(count);
        try
        {
            int row = 0;
            foreach (string environment in environments)
            {
                // Whether there is an answer for each environment is checked where the rows are picked.
                bool isLogged = where.Length != count || where[row];
                numbered[row] = given.Kind switch
                {
                    SpreadKind.None => isLogged ? _episodeNumbers.Next(this, metric, environment, all) : 0,
                    SpreadKind.Uniform => given.Value,
                    _ => given.Values[row],
                };
                row++;
            }

            RlBlock block = new()
            {
                Metric = metric,
                Scale = Native.Scale.Episode,
                Labels = all,
                RlStep = rlStep,
                Environments = environments,
                Steps = count == 1 ? EnvironmentSteps.From(numbered[0]) : EnvironmentSteps.PerEnvironment(numbered.AsSpan(0, count)),
                Timestamps = timestamp,
            };
            if (Numbers.Log(backend, block, values, where) is not { } last)
            {
                return;
            }

            row = 0;
            foreach (string environment in environments)
            {
                if (where.IsEmpty || where[row])
                {
                    _episodeNumbers.Note(metric, environment, all, numbered[row]);
                }

                row++;
            }

            NoteRlStep(rlStep);
            _summary.Note(metric, last);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(numbered);
        }
    }

    /// <summary>Logs one value of a metric that has a point for each step of an environment, such as a reward.</summary>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="rlStep">The training step: the update or iteration that the value was collected in.</param>
    /// <param name="episode">The episode that the value belongs to. Either every value of a metric has an episode or none does.</param>
    /// <param name="environment">The environment; <c>default</c> if omitted.</param>
    /// <param name="step">Its environment step; counted automatically if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <param name="strategy">
    /// How environment steps are counted; within each training step and episode if omitted. The first call fixes it for its environment.
    /// </param>
    /// <exception cref="MetricValidationException">A name, a label or a number breaks a rule. Nothing was logged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A step or an episode is negative.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void LogEnvironmentStep(
        string metric,
        double value,
        long rlStep,
        long? episode = null,
        string? environment = null,
        long? step = null,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        bool? evaluation = null,
        StepStrategy strategy = StepStrategy.WithinRlStep) =>
        LogEnvironmentStep(
            metric,
            Values.One(value),
            rlStep,
            environment ?? DefaultEnvironment,
            episode,
            step is { } given ? EnvironmentSteps.From(given) : default,
            null,
            default,
            labels,
            timestamp,
            evaluation,
            strategy);

    /// <summary>Logs true as 1 and false as 0.</summary>
    /// <inheritdoc cref="LogEnvironmentStep(string, double, long, long?, string?, long?, LabelSpan, RlTimestamps, bool?, StepStrategy)"/>
    public void LogEnvironmentStep(
        string metric,
        bool value,
        long rlStep,
        long? episode = null,
        string? environment = null,
        long? step = null,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        bool? evaluation = null,
        StepStrategy strategy = StepStrategy.WithinRlStep) =>
        LogEnvironmentStep(metric, value ? 1.0 : 0.0, rlStep, episode, environment, step, labels, timestamp, evaluation, strategy);

    /// <summary>
    /// Logs values of a metric that has a point for each step of an environment: one for each of many environments, a row for
    /// one of them, or a grid. All of them are logged or none.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="values">The values, of any type of number, environment by environment.</param>
    /// <param name="rlStep">The training step: the update or iteration that the values were collected in.</param>
    /// <param name="environments">The environments, such as <c>["env-0", "env-1"]</c> or <see cref="Environments(int, int)"/>.</param>
    /// <param name="episodes">Their episodes: one for all, one for each environment, or one for each value.</param>
    /// <param name="steps">Their environment steps: the first one, one for each environment, or one for each value; counted automatically if omitted.</param>
    /// <param name="width">How many values each environment has. Needed for a grid: 8 environments with 128 steps have a width of 128.</param>
    /// <param name="where">Which environments to log: one flag for each; all if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When they were measured; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <param name="strategy">
    /// How environment steps are counted; within each training step and episode if omitted. The first call fixes it for each environment.
    /// </param>
    /// <exception cref="MetricValidationException">
    /// The values do not fit the environments, or a name, a label or a number breaks a rule. Nothing was logged.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void LogEnvironmentStep(
        string metric,
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        int? width = null,
        ReadOnlySpan<bool> where = default,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        bool? evaluation = null,
        StepStrategy strategy = StepStrategy.WithinRlStep)
    {
        ArgumentNullException.ThrowIfNull(metric);
        RlBlock block = new()
        {
            Metric = metric,
            Scale = Native.Scale.EnvironmentStep,
            Labels = RunEvaluation.Mark(labels, evaluation),
            RlStep = rlStep,
            Environments = environments,
            Episodes = episodes,
            Steps = steps,
            Timestamps = timestamp,
            Width = width,
            Strategy = strategy,
        };
        Numbers.Log(Open(), block, values, where);
        NoteRlStep(rlStep);
    }

    /// <summary>Logs a grid of values, a row for each environment.</summary>
    /// <inheritdoc cref="LogEnvironmentStep(string, Values, long, EnvironmentSpan, Episodes, EnvironmentSteps, int?, ReadOnlySpan{bool}, LabelSpan, RlTimestamps, bool?, StepStrategy)"/>
    public void LogEnvironmentStep<T>(
        string metric,
        T[,] values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        ReadOnlySpan<bool> where = default,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        bool? evaluation = null,
        StepStrategy strategy = StepStrategy.WithinRlStep)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.GetLength(0) != environments.Count)
        {
            throw MetricValidationException.Of(
                $"The grid has {values.GetLength(0)} rows for {environments.Count} environments: give a row for each.").About(metric);
        }

        ReadOnlySpan<T> all = values.Length == 0
            ? default
            : MemoryMarshal.CreateReadOnlySpan(ref values[0, 0], values.Length);
        LogEnvironmentStep(
            metric, Values.Of(all), rlStep, environments, episodes, steps, values.GetLength(1), where, labels, timestamp, evaluation, strategy);
    }

    /// <summary>
    /// Gets the progress of an environment: the greatest training step and the greatest episode that were logged, or that the
    /// service knew when the run was opened.
    /// </summary>
    /// <param name="environment">The environment; <c>default</c> if omitted.</param>
    /// <returns>The training step and the episode; null for one that is not known.</returns>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public (long? RlStep, long? Episode) GetEnvironmentLastRlStepAndEpisode(string? environment = null)
    {
        _hasEnvironments = true;
        (long? RlStep, long? Episode) progress = Open().GetEnvironmentProgress(environment ?? DefaultEnvironment);
        NoteRlStep(progress.RlStep);
        return progress;
    }

    /// <summary>
    /// Gets the names of <paramref name="count"/> environments, <c>env-0</c>, <c>env-1</c> and so on, as
    /// <see cref="TrackEpisodes(int, int, EpisodeTrackerOptions?)"/> uses them.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="first">The number of the first one.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of the numbers is negative.</exception>
#pragma warning disable CA1822 // It reads as a part of the run, as it does on the logger below it.
    public string[] Environments(int count, int first = 0)
#pragma warning restore CA1822
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        string[] names = new string[count];
        for (int i = 0; i < count; i++)
        {
            names[i] = string.Create(CultureInfo.InvariantCulture, $"env-{(long)first + i}");
        }

        return names;
    }

    /// <summary>
    /// Tracks the episodes of the environments <c>env-0</c>, <c>env-1</c> and so on, continuing after the last ones of the run.
    /// </summary>
    /// <param name="environments">How many environments this process steps.</param>
    /// <param name="first">The number of the first environment, if several processes share the environments of a run.</param>
    /// <param name="options">The names of the metrics, and the window of the means.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no environments, or the first number is negative.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public EpisodeTracker TrackEpisodes(int environments, int first = 0, EpisodeTrackerOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(environments);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        return TrackEpisodes(Environments(environments, first), options);
    }

    /// <summary>Tracks the episodes of environments, continuing after the last ones of the run.</summary>
    /// <inheritdoc cref="TrackEpisodes(int, int, EpisodeTrackerOptions?)"/>
    /// <param name="environments">The names of the environments, in the order of the values to come.</param>
    /// <param name="options">The names of the metrics, and the window of the means.</param>
    /// <exception cref="ArgumentException">There are no environments, or one is named twice.</exception>
    public EpisodeTracker TrackEpisodes(IEnumerable<string> environments, EpisodeTrackerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(environments);
        _ = Open();
        EpisodeTracker tracker = new(this, [.. environments], options ?? new EpisodeTrackerOptions());
        AtTheEnd(tracker.Flush);
        return tracker;
    }

    internal void NoteRlStep(long? rlStep)
    {
        long seen = Volatile.Read(ref _lastRlStep);
        while (rlStep > seen)
        {
            long found = Interlocked.CompareExchange(ref _lastRlStep, rlStep.Value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
