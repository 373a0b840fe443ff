using Metrana;
using Metrana.Syvain;
using Metrana.TensorBoard;

if (args is not ([] or ["--folder", _] or ["--endpoint", _] or ["--endpoint", _, "--folder", _]))
{
    Console.Error.WriteLine("usage: Destinations [--endpoint URL] [--folder FOLDER]");
    return 2;
}

// One training run, three places to look at it: a Metrana server, TensorBoard, and Syvain Metrics. Without a key for the last one,
// a file takes what the service would get.
var folder = args is [.., "--folder", var path] ? path : "destinations";
var hasKey = Environment.GetEnvironmentVariable(CollectorOptions.ApiKeyVariable) is { Length: > 0 };
await using var collector = hasKey ? new Collector() : new JsonlCollector(Path.Combine(folder, "syvain.jsonl"));

await using var run = await Run.StartAsync(new RunOptions
{
    Project = "destinations",
    Endpoint = args is ["--endpoint", var endpoint, ..] ? endpoint : null,
    Config = new Dictionary<string, object?> { ["rate"] = 0.0001, ["momentum"] = 0.9 },
    Mirrors = [new TensorBoardMirror(Path.Combine(folder, "tensorboard")), new SyvainMirror(collector)],
});

// The lowest point of a narrow valley, found by going downhill with momentum.
double x = -1.2, y = 1, vx = 0, vy = 0;
for (var step = 0; step < 2000; step++)
{
    var (dx, dy) = ((-2 * (1 - x)) - (400 * x * (y - (x * x))), 200 * (y - (x * x)));
    (vx, vy) = ((0.9 * vx) - (0.0001 * dx), (0.9 * vy) - (0.0001 * dy));
    (x, y) = (x + vx, y + vy);
    run.Log("loss", ((1 - x) * (1 - x)) + (100 * (y - (x * x)) * (y - (x * x))), step);
}

run.Annotate("found", new Dictionary<string, object?> { ["x"] = x, ["y"] = y });
await run.CloseAsync();
foreach (var mirror in run.Mirrors)
{
    Console.WriteLine($"{mirror.Mirror}: {mirror.Written} of {mirror.Added} written, {mirror.Dropped} dropped");
}

Console.WriteLine($"tensorboard --logdir {Path.Combine(folder, "tensorboard")}");
return 0;
