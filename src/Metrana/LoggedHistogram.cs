namespace Metrana;

/// <summary>One histogram that an in-memory run took.</summary>
/// <param name="Metric">The name of the metric.</param>
/// <param name="Scale">What its steps count.</param>
/// <param name="Step">Its step.</param>
/// <param name="Edges">The edges of the bins.</param>
/// <param name="Counts">How many values each bin holds.</param>
public sealed record LoggedHistogram(string Metric, string Scale, long Step, IReadOnlyList<double> Edges, IReadOnlyList<long> Counts);
