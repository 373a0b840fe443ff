namespace Metrana.WireCapture.Decode;

/// <summary>A series in one environment.</summary>
/// <param name="Series">The series.</param>
/// <param name="Environment">The environment's name.</param>
public sealed record RlSeriesKey(SeriesKey Series, string Environment);
