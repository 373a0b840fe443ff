namespace Metrana.Server;

/// <summary>Which points of a series are read, and in which order.</summary>
public enum PointView
{
    /// <summary>Every point as it was sent, in the order they arrived.</summary>
    AsSent,

    /// <summary>
    /// The points that count, by step, as a curve shows them: of two at one step the one that was written last, and none that came
    /// again or behind its series' last step.
    /// </summary>
    Counted,
}
