namespace Metrana.Server;

/// <summary>Selects the points of a series to read, and their order.</summary>
public enum PointView
{
    /// <summary>Every point as it was sent, in the order of arrival.</summary>
    AsSent,

    /// <summary>
    /// The points that count, ordered by step, as a curve shows them. Of several points at one step, the one written last counts;
    /// duplicates and points behind the last step of their series do not count.
    /// </summary>
    Counted,
}
