using Metrana;
using Metrana.Mirrors;
using Metrana.Syvain;
using Metrana.TensorBoard;

// One training run, three places to look at it: the server of this machine, TensorBoard, and Syvain Metrics. Without a key for the
// last one, what it would be sent goes to a file.
string folder = args.Length > 0 ? args[0] : "destinations";
bool hasKey = Environment.GetEnvironmentVariable(CollectorOptions.ApiKeyVariable) is { Length: > 0 };
await using Collector collector = hasKey ? new Collector() : new JsonlCollector(Path.Combine(folder, "syvain.jsonl"));

await using Run run = await Run.StartAsync(new RunOptions
{
    Project = "destinations",
    Config = new Dictionary<string, object?> { ["lr"] = 0.1, ["momentum"] = 0.9 },
    Mirrors = [new TensorBoardMirror(Path.Combine(folder, "tensorboard")), new SyvainMirror(collector)],
});

// The least of a narrow valley, found by going downhill with momentum.
double x = -1.2, y = 1, vx = 0, vy = 0;
for (int step = 0; step < 2000; step++)
{
    double dx = (-2 * (1 - x)) - (400 * x * (y - (x * x)));
    double dy = 200 * (y - (x * x));
    (vx, vy) = ((0.9 * vx) - (0.0001 * dx), (0.9 * vy) - (0.0001 * dy));
    (x, y) = (x + vx, y + vy);
    run.Log("loss", ((1 - x) * (1 - x)) + (100 * (y - (x * x)) * (y - (x * x))), step);
}

run.Annotate("found", new Dictionary<string, object?> { ["x"] = x, ["y"] = y });
await run.CloseAsync();
foreach (MirrorDelivery mirror in run.Mirrors)
{
    Console.WriteLine($"{mirror.Mirror}: {mirror.Written} of {mirror.Added} written, {mirror.Dropped} dropped");
}

Console.WriteLine($"tensorboard --logdir {Path.Combine(folder, "tensorboard")}");
