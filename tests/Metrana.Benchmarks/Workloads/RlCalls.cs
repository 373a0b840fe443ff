using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Metrana.Native;

namespace Benchmarks.Workloads;

/// <summary>The calls of one burst, in the four forms that they can have.</summary>
internal sealed class RlCalls<T>
    where T : unmanaged
{
    private readonly Logger _logger;
    private readonly RlShape _shape;
    private readonly string[] _names;
    private readonly string[] _metrics;
    private readonly RlSeries[] _series;
    private readonly EnvironmentSet _all;
    private readonly EnvironmentSet[] _each;

    public RlCalls(Logger logger, RlShape shape, string[] names, string[] metrics)
    {
        _logger = logger;
        _shape = shape;
        _names = names;
        _metrics = metrics;
        _series = [.. metrics.Select(metric => logger.RlSeries(metric, Scale.EnvironmentStep))];
        _all = logger.Environments(names);
        _each = [.. names.Select(name => logger.Environments(name))];
    }

    public void VectorByHandle(long rlStep, T[][] values)
    {
        for (int metric = 0; metric < values.Length; metric++)
        {
            if (typeof(T) == typeof(float))
            {
                _series[metric].Log(Floats(values[metric]), rlStep, _all, width: _shape.Points);
            }
            else
            {
                _series[metric].Log(Doubles(values[metric]), rlStep, _all, width: _shape.Points);
            }
        }
    }

    public void VectorByName(long rlStep, T[][] values)
    {
        for (int metric = 0; metric < values.Length; metric++)
        {
            if (typeof(T) == typeof(float))
            {
                _logger.LogRlFloats(
                    _metrics[metric], Scale.EnvironmentStep, Floats(values[metric]), rlStep, _names, width: _shape.Points);
            }
            else
            {
                _logger.LogRlFloats(
                    _metrics[metric], Scale.EnvironmentStep, Doubles(values[metric]), rlStep, _names, width: _shape.Points);
            }
        }
    }

    public void EachByHandle(long rlStep, T[][] values)
    {
        for (int environment = 0; environment < _each.Length; environment++)
        {
            for (int metric = 0; metric < values.Length; metric++)
            {
                ReadOnlySpan<T> row = values[metric].AsSpan(environment * _shape.Points, _shape.Points);
                if (typeof(T) == typeof(float))
                {
                    _series[metric].Log(Floats(row), rlStep, _each[environment]);
                }
                else
                {
                    _series[metric].Log(Doubles(row), rlStep, _each[environment]);
                }
            }
        }
    }

    public void EachByName(long rlStep, T[][] values)
    {
        for (int environment = 0; environment < _names.Length; environment++)
        {
            for (int metric = 0; metric < values.Length; metric++)
            {
                ReadOnlySpan<T> row = values[metric].AsSpan(environment * _shape.Points, _shape.Points);
                if (typeof(T) == typeof(float))
                {
                    _logger.LogRlFloats(_metrics[metric], Scale.EnvironmentStep, Floats(row), rlStep, _names[environment]);
                }
                else
                {
                    _logger.LogRlFloats(_metrics[metric], Scale.EnvironmentStep, Doubles(row), rlStep, _names[environment]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<double> Doubles(ReadOnlySpan<T> values) => MemoryMarshal.Cast<T, double>(values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<float> Floats(ReadOnlySpan<T> values) => MemoryMarshal.Cast<T, float>(values);
}
