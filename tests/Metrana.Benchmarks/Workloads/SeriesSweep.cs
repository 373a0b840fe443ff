using Benchmarks.Measuring;
using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Workloads;

/// <summary>One call for each of many ordinary series.</summary>
internal sealed class SeriesSweep : IWorkload
{
    /// <summary>Series of one metric; they differ in a label.</summary>
    private const int PerMetric = 256;

    private readonly SeriesShape _shape;
    private readonly Action[] _enqueue;

    public SeriesSweep(IReadOnlyList<Logger> loggers, SeriesShape shape)
    {
        _shape = shape;
        Loggers = loggers;
        PerLogger = new Delivered(Points: shape.Total);
        _enqueue = [.. loggers.Select(logger => shape.Handles ? ByHandle(logger) : ByName(logger))];
    }

    public IReadOnlyList<Logger> Loggers { get; }

    public Delivered PerLogger { get; }

    public CallerCost Enqueue()
    {
        CallerCost cost = default;
        foreach (Action enqueue in _enqueue)
        {
            cost += CallerCost.Of(enqueue);
        }

        return cost;
    }

    public void Dispose()
    {
    }

    private (string[] Metrics, Labels[] Labels) Names() => (
        [.. Enumerable.Range(0, (_shape.Series + PerMetric - 1) / PerMetric).Select(i => $"layer-{i:D3}/norm")],
        [.. Enumerable.Range(0, Math.Min(_shape.Series, PerMetric)).Select(i => new Labels(("lane", $"{i:D3}")))]);

    private Action ByHandle(Logger logger)
    {
        (string[] metrics, Labels[] labels) = Names();
        Series[] series = [.. Enumerable.Range(0, _shape.Series).Select(
            i => logger.Series(metrics[i / PerMetric], Scale.MlStep, labels[i % PerMetric]))];
        double[] doubles = Columns.Doubles(_shape.Points, 1);
        float[] floats = Columns.Floats(_shape.Points, 1);
        if (_shape.Single)
        {
            return () =>
            {
                foreach (Series one in series)
                {
                    one.Log(floats);
                }
            };
        }

        if (_shape.Points > 1)
        {
            return () =>
            {
                foreach (Series one in series)
                {
                    one.Log(doubles);
                }
            };
        }

        return () =>
        {
            foreach (Series one in series)
            {
                one.Log(0.5);
            }
        };
    }

    private Action ByName(Logger logger)
    {
        (string[] metrics, Labels[] labels) = Names();
        double[] doubles = Columns.Doubles(_shape.Points, 1);
        float[] floats = Columns.Floats(_shape.Points, 1);
        int series = _shape.Series;
        if (_shape.Single)
        {
            return () =>
            {
                for (int i = 0; i < series; i++)
                {
                    logger.LogStdFloats(metrics[i / PerMetric], Scale.MlStep, floats, labels: labels[i % PerMetric]);
                }
            };
        }

        return () =>
        {
            for (int i = 0; i < series; i++)
            {
                logger.LogStdFloats(metrics[i / PerMetric], Scale.MlStep, doubles, labels: labels[i % PerMetric]);
            }
        };
    }
}
