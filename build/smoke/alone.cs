// What a program does with the package Metrana alone, in forms that trimming and NativeAOT keep: it logs to the server of this
// machine, and reads back what it logged. Its argument is the name of its run.
using System.Diagnostics.Metrics;
using System.Text.Json.Serialization;
using Metrana;
using Metrana.Server;

Run run = await Run.StartAsync(new RunOptions { Project = "smoke", Name = args[0], LogSystemMetrics = false });
run.LogConfig(new Dictionary<string, object?> { ["seed"] = 7 });
run.LogConfig(new Settings(3e-4, [64, 64], Mode.Fast), SettingsContext.Default.Settings);
run.Log(("train/loss", 0.5), ("train/accuracy", 0.9));
run.Log("train/loss", new[] { 0.25f, 0.125f }, step: 1);
run.Log(new { entropy = 1.5, lr = 3e-4f }, step: 3);
run.Series("train/norm").Log(2.0, step: 5);
run.TrackEpisodes(environments: 2).Step(0, new[] { 1.0, 2.0 }, new[] { true, false });
run.RlSeries("speed").Log(new[] { 3.0, 4.0 }, 0, run.Environments(2));
using (run.Time("train/step"))
using (Meter meter = new("Smoke"))
using (run.CaptureMeters("Smoke"))
{
    meter.CreateCounter<int>("smoke.count").Add(3);
}

run.Annotate("checkpoint 1");
run.Close();

await using LocalServer server = await LocalServer.FindOrStartAsync();
StoredRun stored = await server.FindRunAsync(args[0]) ?? throw new InvalidOperationException("The server has no such run.");
IReadOnlyList<StoredSeries> series = await server.GetSeriesAsync(stored.RunId);
IReadOnlyDictionary<string, StoredValue> attributes = await server.GetAttributesAsync(stored.RunId);
List<string> wrong = [];
await ExpectAsync("train/loss", 0.5, 0.25, 0.125);
await ExpectAsync("train/norm", 2.0);
foreach (string metric in (string[])["entropy", "reward", "speed", "train/step"])
{
    Expect(series.Any(one => one.Metric == metric && one.Points > 0), metric);
}

Expect(series.Any(one => one.Metric.Contains("smoke.count", StringComparison.Ordinal)), "smoke.count");
Expect(new StoredValue.WholeNumber(7).Equals(attributes.GetValueOrDefault("config/seed")), "config/seed");
Expect(new StoredValue.Number(3e-4).Equals(attributes.GetValueOrDefault("config/lr")), "config/lr");
Expect(new StoredValue.Text("Fast").Equals(attributes.GetValueOrDefault("config/mode")), "config/mode");
Expect(attributes.Values.Contains(new StoredValue.Text("checkpoint 1")), "checkpoint 1");
Console.WriteLine(wrong.Count == 0 ? "read back" : $"not read back: {string.Join(", ", wrong)}");
return wrong.Count;

async Task ExpectAsync(string metric, params double[] values)
{
    StoredSeries? found = series.SingleOrDefault(one => one.Metric == metric);
    Expect(found is not null && (await server.GetPointsAsync(stored.RunId, found.Id)).Values.SequenceEqual(values), metric);
}

void Expect(bool isThere, string what)
{
    if (!isThere)
    {
        wrong.Add(what);
    }
}

enum Mode
{
    Slow,
    Fast,
}

sealed record Settings(double Lr, int[] Layers, Mode Mode);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Settings))]
sealed partial class SettingsContext : JsonSerializerContext;
