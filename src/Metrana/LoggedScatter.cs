namespace Metrana;

/// <summary>One set of points that an in-memory run took.</summary>
/// <param name="Metric">The name of the metric.</param>
/// <param name="Scale">What its steps count.</param>
/// <param name="Step">Its step.</param>
/// <param name="Xs">Where the points are along x.</param>
/// <param name="Ys">The y coordinates.</param>
/// <param name="Zs">The z coordinates; none in the plane.</param>
public sealed record LoggedScatter(
    string Metric, string Scale, long Step, IReadOnlyList<double> Xs, IReadOnlyList<double> Ys, IReadOnlyList<double> Zs);
