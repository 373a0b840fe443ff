using System.Text.Json;
using System.Text.Json.Serialization;

namespace Benchmarks.Measuring;

/// <summary>A figure of many rounds. The least one is the machine's, the others tell of its weather.</summary>
[JsonConverter(typeof(MinMedianMaxConverter))]
internal readonly record struct MinMedianMax(double Min, double Median, double Max)
{
    /// <summary>Of at least one value. The median of an even number is the mean of the two in the middle.</summary>
    public static MinMedianMax Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("There is no figure without a round.", nameof(values));
        }

        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new MinMedianMax(sorted[0], median, sorted[^1]);
    }
}

/// <summary>Writes a figure as <c>[min, median, max]</c>, with the digits that mean something.</summary>
internal sealed class MinMedianMaxConverter : JsonConverter<MinMedianMax>
{
    public override MinMedianMax Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        double[] values = JsonSerializer.Deserialize<double[]>(ref reader) ?? [];
        return values.Length == 3
            ? new MinMedianMax(values[0], values[1], values[2])
            : throw new JsonException("A figure is [min, median, max].");
    }

    public override void Write(Utf8JsonWriter writer, MinMedianMax value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(Digits.Significant(value.Min));
        writer.WriteNumberValue(Digits.Significant(value.Median));
        writer.WriteNumberValue(Digits.Significant(value.Max));
        writer.WriteEndArray();
    }
}
