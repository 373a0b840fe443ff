using Google.Protobuf;
using Metrana.Mirrors;
using Metrana.TensorBoard.Protocol;

namespace Metrana.TensorBoard;

/// <summary>What values are in an event file.</summary>
internal static class Summaries
{
    private const int Single = 1;
    private const int Text = 7;
    private const string Hparams = "hparams";

    public static Summary.Types.Value OfNumber(string tag, double value) => new() { Tag = tag, SimpleValue = (float)value };

    /// <summary>The first bin begins at the least value, and each of the others where the one before it ends.</summary>
    public static Summary.Types.Value OfHistogram(string tag, HistogramRecord histogram)
    {
        ReadOnlySpan<double> edges = histogram.Edges.Span;
        HistogramProto proto = new() { Min = edges[0], Max = edges[^1] };
        for (int bin = 0; bin < edges.Length - 1; bin++)
        {
            // The values themselves are not known: each counts as the middle of its bin.
            double middle = edges[bin] + ((edges[bin + 1] - edges[bin]) / 2);
            double weight = histogram.Weight(bin);
            proto.Num += weight;
            proto.Sum += weight * middle;
            proto.SumSquares += weight * middle * middle;
            proto.BucketLimit.Add(edges[bin + 1]);
            proto.Bucket.Add(weight);
        }

        return new() { Tag = tag, Histo = proto };
    }

    public static Summary.Types.Value OfText(string tag, string markdown) => new()
    {
        Tag = tag,
        Metadata = new() { PluginData = new() { PluginName = "text" } },
        Tensor = new() { Dtype = Text, TensorShape = new() { Dim = { new TensorShape.Types.Dim { Size = 1 } } }, StringVal = { ByteString.CopyFromUtf8(markdown) } },
    };

    /// <summary>Hyperparameters are in the metadata of a value that is empty itself.</summary>
    public static Summary.Types.Value OfHparams(string tag, HParamsPluginData data) => new()
    {
        Tag = $"_hparams_/{tag}",
        Metadata = new() { PluginData = new() { PluginName = Hparams, Content = data.ToByteString() } },
        Tensor = new() { Dtype = Single, TensorShape = new() { Dim = { new TensorShape.Types.Dim { Size = 0 } } } },
    };
}
