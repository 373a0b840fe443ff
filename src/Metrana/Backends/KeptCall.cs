using Metrana.Native;

namespace Metrana.Backends;

/// <summary>A call that outlives its caller: everything that it brought is copied, and the time of the call is its timestamp.</summary>
/// <param name="Make">Makes it.</param>
/// <param name="Kind">What kind of data it brings.</param>
/// <param name="Points">How much of it.</param>
/// <param name="Bytes">What it takes while it is kept, roughly.</param>
internal sealed record KeptCall(Action<Backend> Make, DataKind Kind, int Points, long Bytes)
{
    /// <summary>What a kept call takes beside its values, roughly.</summary>
    private const int Overhead = 256;

    /// <summary>The training step of a call of reinforcement learning.</summary>
    public long RlStep { get; private init; }

    /// <summary>The environments of such a call; none of any other.</summary>
    public string[] Environments { get; private init; } = [];

    /// <summary>A call of attributes.</summary>
    public static KeptCall Of(Action<Backend> make, DataKind kind, int points) => new(make, kind, points, Overhead);

    public static KeptCall Of(scoped in StdCall call, ReadOnlySpan<double> values)
    {
        (Kept kept, double[] copy) = (new Kept(call), values.ToArray());
        return new(backend => backend.Log(kept.Call, copy), DataKind.Floats, copy.Length, Overhead + (copy.Length * sizeof(double)));
    }

    public static KeptCall Of(scoped in StdCall call, ReadOnlySpan<float> values)
    {
        (Kept kept, float[] copy) = (new Kept(call), values.ToArray());
        return new(backend => backend.Log(kept.Call, copy), DataKind.Floats, copy.Length, Overhead + (copy.Length * sizeof(float)));
    }

    public static KeptCall Of(scoped in StdCall shared, ReadOnlySpan<(string Metric, double Value)> metrics)
    {
        (Kept kept, (string, double)[] copy) = (new Kept(shared), metrics.ToArray());
        return new(
            backend => backend.LogTogether(kept.Call, copy), DataKind.Floats, copy.Length, Overhead + (copy.Length * 2 * sizeof(double)));
    }

    public static KeptCall Of(scoped in RlBlock block, ReadOnlySpan<double> values)
    {
        (KeptRl kept, double[] copy) = (new KeptRl(block, values.Length), values.ToArray());
        return new(backend => backend.Log(kept.Block, copy), DataKind.RlFloats, copy.Length, Overhead + (copy.Length * sizeof(double)))
        {
            RlStep = block.RlStep,
            Environments = kept.Environments,
        };
    }

    public static KeptCall Of(scoped in RlBlock block, ReadOnlySpan<float> values)
    {
        (KeptRl kept, float[] copy) = (new KeptRl(block, values.Length), values.ToArray());
        return new(backend => backend.Log(kept.Block, copy), DataKind.RlFloats, copy.Length, Overhead + (copy.Length * sizeof(float)))
        {
            RlStep = block.RlStep,
            Environments = kept.Environments,
        };
    }

    public static KeptCall Of(scoped in SetCall call, scoped in BinnedValues bins)
    {
        (KeptSet kept, HistogramStats? stats) = (new KeptSet(call), bins.Stats);
        (double[] edges, long[] counts, double[] densities) = (bins.Edges.ToArray(), bins.Counts.ToArray(), bins.Densities.ToArray());
        return new(
            backend => backend.LogHistogram(
                kept.Call, new BinnedValues { Edges = edges, Counts = counts, Densities = densities, Stats = stats }),
            DataKind.Histograms,
            1,
            Overhead + (edges.Length * 2 * sizeof(double)));
    }

    public static KeptCall Of(
        scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, bool is3D, AxisTitles titles)
    {
        KeptSet kept = new(call);
        (double[] x, double[] y, double[] z) = (xs.ToArray(), ys.ToArray(), zs.ToArray());
        return new(
            backend => backend.LogScatter(kept.Call, x, y, z, is3D, titles), DataKind.Scatters, 1, Overhead + (x.Length * 3 * sizeof(double)));
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private sealed class Kept
    {
        private readonly string _metric;
        private readonly Native.Scale _scale;
        private readonly Labels _labels;
        private readonly StepsKind _stepsKind;
        private readonly long _first;
        private readonly long[] _steps;
        private readonly long _millis;
        private readonly long[]? _times;
        private readonly bool _distributed;

        public Kept(scoped in StdCall call)
        {
            (_metric, _scale, _distributed) = (call.Metric, call.Scale, call.Distributed);
            _labels = Run.Keep(call.Labels);
            (_stepsKind, _first, _steps) = (call.Steps.Kind, call.Steps.First, call.Steps.Values.ToArray());
            _millis = call.Timestamps.Kind == TimestampsKind.At ? call.Timestamps.Millis : Now();
            _times = call.Timestamps.Kind == TimestampsKind.Each ? call.Timestamps.Values.ToArray() : null;
        }

        public StdCall Call => new()
        {
            Metric = _metric,
            Scale = _scale,
            Labels = _labels,
            Distributed = _distributed,
            Steps = _stepsKind switch
            {
                StepsKind.From => Steps.From(_first),
                StepsKind.Each => Steps.Each(_steps),
                _ => default,
            },
            Timestamps = _times is null ? Timestamps.At(_millis) : Timestamps.Each(_times),
        };
    }

    private sealed class KeptRl
    {
        private readonly string _metric;
        private readonly Native.Scale _scale;
        private readonly Labels _labels;
        private readonly long _rlStep;
        private readonly StepStrategy _strategy;
        private readonly int? _width;
        private readonly KeptSpread _episodes;
        private readonly KeptSpread _steps;
        private readonly KeptSpread _times;

        public KeptRl(scoped in RlBlock block, int count)
        {
            (_metric, _scale, _rlStep, _width) = (block.Metric, block.Scale, block.RlStep, block.Width);
            _strategy = block.Strategy;
            _labels = Run.Keep(block.Labels);
            List<string> environments = new(block.Environments.Count);
            foreach (string environment in block.Environments)
            {
                environments.Add(environment);
            }

            Environments = [.. environments];
            _episodes = new KeptSpread(block.Episodes.Spread.For(Environments.Length, count));
            _steps = new KeptSpread(block.Steps.Spread.For(Environments.Length, count));
            _times = new KeptSpread(block.Timestamps.Spread.For(Environments.Length, count));
            if (_times.Kind == SpreadKind.None)
            {
                _times = new KeptSpread(Spread.Uniform(Now()));
            }
        }

        public string[] Environments { get; }

        public RlBlock Block => new()
        {
            Metric = _metric,
            Scale = _scale,
            Labels = _labels,
            RlStep = _rlStep,
            Strategy = _strategy,
            Environments = Environments,
            Width = _width,
            Episodes = _episodes.Kind switch
            {
                SpreadKind.Uniform => Episodes.Of(_episodes.Value),
                SpreadKind.PerEnvironment => Episodes.PerEnvironment(_episodes.Values),
                SpreadKind.Grid => Episodes.Grid(_episodes.Values),
                _ => default,
            },
            Steps = _steps.Kind switch
            {
                SpreadKind.Uniform => EnvironmentSteps.From(_steps.Value),
                SpreadKind.PerEnvironment => EnvironmentSteps.PerEnvironment(_steps.Values),
                SpreadKind.Grid => EnvironmentSteps.Grid(_steps.Values),
                _ => default,
            },
            Timestamps = _times.Kind switch
            {
                SpreadKind.PerEnvironment => RlTimestamps.PerEnvironment(_times.Values),
                SpreadKind.Grid => RlTimestamps.Grid(_times.Values),
                _ => RlTimestamps.At(_times.Value),
            },
        };
    }

    private sealed class KeptSpread(Spread spread)
    {
        public SpreadKind Kind { get; } = spread.Kind;

        public long Value { get; } = spread.Value;

        public long[] Values { get; } = spread.Values.ToArray();
    }

    private sealed class KeptSet
    {
        private readonly string _metric;
        private readonly Native.Scale _scale;
        private readonly Labels _labels;
        private readonly long _step;
        private readonly long _millis;

        public KeptSet(scoped in SetCall call)
        {
            (_metric, _scale, _step) = (call.Metric, call.Scale, call.Step);
            _labels = Run.Keep(call.Labels);
            _millis = call.Timestamps.Kind switch
            {
                TimestampsKind.At => call.Timestamps.Millis,
                TimestampsKind.Each when call.Timestamps.Values.Length > 0 => call.Timestamps.Values[0],
                _ => Now(),
            };
        }

        public SetCall Call => new()
        {
            Metric = _metric,
            Scale = _scale,
            Labels = _labels,
            Step = _step,
            Timestamps = Timestamps.At(_millis),
        };
    }
}
