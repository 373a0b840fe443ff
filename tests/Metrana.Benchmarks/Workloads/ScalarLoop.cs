using Benchmarks.Measuring;
using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Workloads;

/// <summary>Training loops that log some values in each step, in as many threads as are asked for.</summary>
internal sealed class ScalarLoop : IWorkload
{
    private readonly ScalarShape _shape;
    private readonly Logger _logger;
    private readonly Crew _crew;

    public ScalarLoop(Logger logger, ScalarShape shape)
    {
        _shape = shape;
        _logger = logger;
        Loggers = [logger];
        PerLogger = new Delivered(Points: shape.Total);
        _crew = new Crew([.. Enumerable.Range(0, shape.Threads).Select(thread => shape.Handles ? ByHandle(thread) : ByName(thread))]);
    }

    public IReadOnlyList<Logger> Loggers { get; }

    public Delivered PerLogger { get; }

    public CallerCost Enqueue() => _crew.Run();

    public void Dispose() => _crew.Dispose();

    private static string Metric(int thread, int metric) => $"train/thread-{thread}/metric-{metric:D2}";

    private Labels MakeLabels() => new([.. Enumerable.Range(0, _shape.Labels).Select(i => ($"label-{i}", $"value-{i}"))]);

    private Action ByHandle(int thread)
    {
        Labels labels = MakeLabels();
        Series[] series = [.. Enumerable.Range(0, _shape.Metrics).Select(i => _logger.Series(Metric(thread, i), Scale.MlStep, labels))];
        int steps = _shape.Steps;
        return () =>
        {
            for (int step = 0; step < steps; step++)
            {
                foreach (Series one in series)
                {
                    one.Log(step * 0.5);
                }
            }
        };
    }

    private Action ByName(int thread)
    {
        Labels labels = MakeLabels();
        string[] metrics = [.. Enumerable.Range(0, _shape.Metrics).Select(i => Metric(thread, i))];
        Logger logger = _logger;
        int steps = _shape.Steps;
        return () =>
        {
            for (int step = 0; step < steps; step++)
            {
                foreach (string metric in metrics)
                {
                    logger.LogStdFloats(metric, Scale.MlStep, step * 0.5, labels: labels);
                }
            }
        };
    }
}
