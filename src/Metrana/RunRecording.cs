using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

/// <summary>What was logged to a run created by <see cref="Run.InMemory"/>, for tests to examine.</summary>
/// <example>
/// <code>
/// using Run run = Run.InMemory();
/// Train(run);
/// Assert.Equal(0.1, run.Recording.Of("train/loss")[^1].Value, 0.05);
/// </code>
/// </example>
public sealed class RunRecording
{
    private readonly MemoryBackend _memory;

    internal RunRecording(MemoryBackend memory) => _memory = memory;

    /// <summary>Every value, in the order of the calls.</summary>
    public IReadOnlyList<LoggedPoint> Points => _memory.Copy(_memory.Points);

    /// <summary>Every histogram, in the order of the calls.</summary>
    public IReadOnlyList<LoggedHistogram> Histograms => _memory.Copy(_memory.Histograms);

    /// <summary>Every scatter set, in the order of the calls.</summary>
    public IReadOnlyList<LoggedScatter> Scatters => _memory.Copy(_memory.Scatters);

    /// <summary>The attributes of the run by their paths, such as <c>config/lr</c>, with their latest values.</summary>
    public IReadOnlyDictionary<string, object?> Attributes => _memory.CopyAttributes();

    /// <summary>The tags of the run, in the order they were added.</summary>
    public IReadOnlyList<string> Tags => _memory.Copy(_memory.Tags);

    /// <summary>The description of the run.</summary>
    public string? Description => _memory.Description;

    /// <summary>How the run ended.</summary>
    public RunOutcome Outcome => _memory.Outcome;

    /// <summary>Why the run ended, unless it simply finished.</summary>
    public string? Message => _memory.Message;

    /// <summary>Whether the run was closed at its end; false while it is running, and after <see cref="Run.Detach(TimeSpan?)"/>.</summary>
    public bool Closed => _memory.Closed;

    /// <summary>The values of one series, in the order of the calls.</summary>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="scale">What its steps count; any scale if omitted.</param>
    /// <param name="labels">Its labels; any if omitted.</param>
    public IReadOnlyList<LoggedPoint> Of(string metric, string? scale = null, LabelSpan labels = default)
    {
        Dictionary<string, string>? wanted = labels.Count == 0 ? null : CallShape.LabelsOf(labels);
        return
        [
            .. Points.Where(point => point.Metric == metric
                && (scale is null || point.Scale == scale)
                && (wanted is null || (wanted.Count == point.Labels.Count && wanted.All(point.Labels.Contains)))),
        ];
    }

    /// <summary>The attributes of one environment by their paths.</summary>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="episode">The episode that they describe; if omitted, the environment itself.</param>
    public IReadOnlyDictionary<string, object?> EnvironmentAttributes(string environment, long? episode = null) =>
        _memory.CopyEnvironmentAttributes(environment, episode);
}
