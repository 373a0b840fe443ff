using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;

namespace Benchmarks.Reporting;

/// <summary>docs/performance/figures.json: the results of all modes as they came, by name. Tables and plots are made from it.</summary>
internal sealed class Figures(JsonObject content)
{
    public JsonObject Content { get; } = content;

    public static Figures Load(string path) => new(
        JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException($"{path} holds no object."));

    public void Save(string path) => File.WriteAllText(path, ResultJson.Text(Content) + "\n");

    /// <summary>A figure by its way: names of members, separated by slashes.</summary>
    public MinMedianMax Figure(string way) => Node(way).Deserialize<MinMedianMax>(ResultJson.Options);

    /// <summary>A number by its way.</summary>
    public double Number(string way) => Node(way).GetValue<double>();

    /// <summary>A text by its way.</summary>
    public string Text(string way) => Node(way).GetValue<string>();

    /// <summary>What was measured along an axis of the scaling.</summary>
    public IEnumerable<JsonNode> Cases(string axis) =>
        Node("scaling/cases").AsArray().OfType<JsonNode>().Where(one => one["axis"]!.GetValue<string>() == axis);

    public JsonNode Node(string way)
    {
        JsonNode? node = Content;
        foreach (string name in way.Split('/'))
        {
            node = node?[name];
        }

        return node ?? throw new JsonException($"The figures have no {way}: run 'report' without --only, or take the missing mode in.");
    }
}
