using System.Diagnostics;
using Metrana;
using Metrana.Extensions.Logging;
using Metrana.MLflow;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Telemetry;

const int Updates = 200;
const int Pulls = 64;

if (args is not ([] or ["--endpoint", _] or ["--endpoint", _, "--run", _] or ["--mlflow", _] or ["--endpoint", _, "--run", _, "--mlflow", _]))
{
    Console.Error.WriteLine("usage: Telemetry [--endpoint URL [--run NAME]] [--mlflow URL]");
    return 2;
}

// The program logs events and knows of no metrics: the run, MLflow and the traces all live from the same events.
var mlflow = args is [.., "--mlflow", var address]
    ? new MlflowMirror(new MlflowOptions { TrackingUri = address, ExperimentName = "bandit", RequestTimeout = TimeSpan.FromSeconds(20) })
    : null;
await using var run = await Run.StartAsync(new RunOptions
{
    Project = "bandit",
    Endpoint = args is ["--endpoint", var endpoint, ..] ? endpoint : null,
    Name = args is [_, _, "--run", var name, ..] ? name : null,
    Mirrors = mlflow is null ? [] : [mlflow],
    CloseTimeout = TimeSpan.FromMinutes(1),
});
run.LogConfig(new Dictionary<string, object?> { ["arms"] = 10, ["rate"] = 0.1 });
using var source = new ActivitySource("bandit");
using var traces = mlflow is null ? null : Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddMlflowExporter(mirror: mlflow).Build();
using var logging = LoggerFactory.Create(builder => builder
    .AddMetranaConsole()
    .AddMetranaFilters()
    .AddMetrana(options => (options.Run, options.AddToActivity) = (run, true)));
var log = logging.CreateLogger("bandit");

var bandit = new Bandit(arms: 10, seed: 1);
var cadence = new EvaluationCadence(EvalInterval: 50, NumEvalEpisodes: 100);
for (var update = 1; update <= Updates; update++)
{
    using var span = source.StartActivity("update");
    var watch = Stopwatch.StartNew();
    var (rewards, norm) = bandit.Learn(Pulls, rate: 0.1);
    var timesteps = (long)update * Pulls;
    log.LogUpdate(new TrainerUpdate { Timesteps = timesteps, PolicyVersion = update, Entropy = bandit.Entropy, GlobalGradNorm = norm, LearningRate = 0.1 });
    log.LogUpdate(new ActorUpdate
    {
        Timesteps = timesteps,
        Episodes = Pulls,
        MeanReturn = rewards.Average(),
        MaxReturn = rewards.Max(),
        MinReturn = rewards.Min(),
        EpisodeLengthMean = 1,
        EpisodeLengthMax = 1,
        EpisodeLengthMin = 1,
    });
    log.LogUpdate(new MiscUpdate { Timesteps = timesteps, StepsPerSecond = Pulls / watch.Elapsed.TotalSeconds, DurationMs = watch.Elapsed.TotalMilliseconds });
    if (cadence.IsDue(update))
    {
        var returns = bandit.Evaluate(cadence.NumEvalEpisodes);
        log.LogUpdate(new EvaluationUpdate
        {
            PolicyVersion = update,
            Phase = "deterministic",
            Episodes = cadence.NumEvalEpisodes,
            MeanReturn = returns.Average(),
            MaxReturn = returns.Max(),
            MinReturn = returns.Min(),
            EpisodeLengthMean = 1,
            EpisodeLengthMax = 1,
            EpisodeLengthMin = 1,
            DurationMs = watch.Elapsed.TotalMilliseconds,
        });
    }
}

await run.CloseAsync();
if (mlflow is not null)
{
    Console.WriteLine($"MLflow has {mlflow.Delivery.Metrics} values, and not {mlflow.Delivery.Dropped}: {mlflow.Url}");
}

Console.WriteLine($"it pulls the best arm with probability {bandit.BestProbability:F3}");
return 0;
