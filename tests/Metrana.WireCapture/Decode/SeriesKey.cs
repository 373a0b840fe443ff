using Metrana.Protobuf.Ingestion.V1.Types;

namespace Metrana.WireCapture.Decode;

/// <summary>What a series is, whatever its id.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Scale">What its steps count.</param>
/// <param name="Labels">Its labels as <c>key=value&amp;key=value</c>, by key.</param>
/// <param name="Ordering">Whether its steps grow.</param>
public sealed record SeriesKey(string Metric, string Scale, string Labels, OrderingMode Ordering)
{
    internal static SeriesKey Of(SeriesDeclaration declaration)
    {
        var labels = declaration.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}");
        return new SeriesKey(declaration.MetricName, declaration.Scale, string.Join('&', labels), declaration.Ordering);
    }
}
