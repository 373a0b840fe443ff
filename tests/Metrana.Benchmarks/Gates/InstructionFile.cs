using System.Text.Json;
using Benchmarks.Results;

namespace Benchmarks.Gates;

/// <summary>The instruction counts that were checked in: what a change is compared with.</summary>
internal sealed record InstructionFile
{
    /// <summary>How far a count may be from the file, as a part of it. Fewer is as much a reason to renew it as more.</summary>
    public const double Tolerance = 0.05;

    public string Note { get; init; } =
        "Instructions a call of the calling thread, counted by callgrind. Written by 'build/bench-gate.sh --renew'.";

    public required SortedDictionary<string, double> Counts { get; init; }

    public static InstructionFile Load(string path) =>
        JsonSerializer.Deserialize<InstructionFile>(File.ReadAllText(path), ResultJson.Options)
        ?? throw new JsonException($"{path} holds no counts.");

    public void Save(string path) => File.WriteAllText(path, ResultJson.Text(ResultJson.Node(this)) + "\n");

    /// <summary>How far the counts are from these, at most, and where.</summary>
    public (double Difference, string Case) Furthest(IReadOnlyDictionary<string, double> counts)
    {
        (double Difference, string Case) furthest = (0, "");
        foreach (string name in Counts.Keys.Union(counts.Keys))
        {
            double difference = Counts.TryGetValue(name, out double filed) && counts.TryGetValue(name, out double counted)
                ? Math.Abs(counted - filed) / filed
                : double.PositiveInfinity;
            furthest = difference > furthest.Difference ? (difference, name) : furthest;
        }

        return furthest;
    }
}
