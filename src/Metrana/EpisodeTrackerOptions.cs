namespace Metrana;

/// <summary>The names of the metrics of an <see cref="EpisodeTracker"/>, and the window of its means.</summary>
public sealed record EpisodeTrackerOptions
{
    /// <summary>The metric of the reward of each step. Default: <c>reward</c>.</summary>
    public string RewardMetric { get; init; } = "reward";

    /// <summary>The metric of the sum of the rewards of an episode. Default: <c>episode_return</c>.</summary>
    public string ReturnMetric { get; init; } = "episode_return";

    /// <summary>The metric of the number of steps of an episode. Default: <c>episode_length</c>.</summary>
    public string LengthMetric { get; init; } = "episode_length";

    /// <summary>
    /// The number of most recent episodes that the means are taken over. The means are logged as <c>episode_return_mean</c> and
    /// <c>episode_length_mean</c>, once for each training step in which episodes ended. Default: 100; 0 logs no means.
    /// </summary>
    public int MeanWindow { get; init; } = 100;

    /// <summary>Whether the episodes are of an evaluation.</summary>
    internal bool Evaluation { get; private init; }

    /// <summary>The same for an evaluation, whose metrics must not mix with those of training.</summary>
    internal EpisodeTrackerOptions OfEvaluation() => this with
    {
        RewardMetric = RunEvaluation.Own(RewardMetric),
        ReturnMetric = RunEvaluation.Own(ReturnMetric),
        LengthMetric = RunEvaluation.Own(LengthMetric),
        Evaluation = true,
    };
}
