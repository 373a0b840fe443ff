using Benchmarks.Floors;
using Benchmarks.Measuring;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Gates;

/// <summary>
/// The paths and their floors, in turn in one run, so that both see the same weather. A ratio is of the least value of each.
/// </summary>
internal sealed class RatioProbe(int rounds)
{
    private const int Rows = 16_384;
    private const double Nano = 1e9;

    public async Task<Dictionary<string, double>> MeasureAsync()
    {
        await using Target target = await Target.OpenAsync(new TargetOptions());
        List<Path> paths = [];
        try
        {
            Path column = Add(l => new SeriesSweep([l], new SeriesShape { Series = 200, Points = 10_000, Handles = true }));
            Path byHandle = Add(l => new ScalarLoop(l, new ScalarShape { Steps = 10_000, Handles = true }));
            Path byName = Add(l => new ScalarLoop(l, new ScalarShape { Steps = 10_000, Labels = 1 }));
            Path vector = Add(l => new RlBurst([l], new RlShape { Handles = true }));
            Path vectorNames = Add(l => new RlBurst([l], new RlShape()));
            Path vectorSingle = Add(l => new RlBurst([l], new RlShape { Handles = true, Single = true }));
            Path perEnv = Add(l => new RlBurst([l], new RlShape { Handles = true, Vector = false }));
            Path light = Add(l => new RlBurst([l], new RlShape { Envs = 10, Handles = true }));
            Path middle = Add(l => new RlBurst([l], new RlShape { Envs = 100, Handles = true }));
            Path heavy = Add(l => new RlBurst([l], new RlShape { Envs = 4000, Handles = true }));
            Path many = Add(l => new SeriesSweep([l], new SeriesShape { Series = 65_536, Handles = true }));
            using FloorSet floors = new();
            using Loopback loopback = new(1 << 20, 1_638_400 * sizeof(double));
            List<(double Cpu, double Wall)> sending = [];
            floors.Measure(rounds); // A first set, and the code is compiled.
            paths.ForEach(path => path.Meter.WarmUp(5));
            for (int i = 0; i < rounds; i++)
            {
                floors.RoundOfAll();
                sending.Add(loopback.Send());
                paths.ForEach(path =>
                {
                    // The one before it has left nothing of this logger's in the caches.
                    path.Meter.WarmUp(1);
                    path.Samples.AddRange(path.Meter.Measure(2));
                });
            }

            foreach (Path path in paths)
            {
                await target.CloseAndVerifyAsync(path.Logger, path.Workload.PerLogger * path.Meter.Bursts);
            }

            double call = floors.EmptyCall.Ns.Min;
            double callAndPush = call + floors.LockAndPush.Ns.Min;
            double copyColumn = floors.Copies[80_000].Ns.Min;
            double farColumn = floors.FarCopies[80_000].Ns.Min;
            double farRows = floors.FarCopies[800].Ns.Min * Rows;
            double sendAndCopy = (sending.Min(s => s.Cpu) * Nano / (loopback.Bytes / sizeof(double))) + (floors.Copies[800].Ns.Min / 100);
            double sendMs = sending.Min(s => s.Wall) * 1000;
            return new Dictionary<string, double>
            {
                ["column-10000-over-copy"] = column.CallerNs / 200 / (copyColumn + call),
                ["column-10000-over-far-copy"] = column.CallerNs / 200 / (farColumn + call),
                ["scalar-handle-over-lock-and-push"] = byHandle.CallerNsPerPoint / callAndPush,
                ["scalar-name-over-lock-and-push"] = byName.CallerNsPerPoint / callAndPush,
                ["vector-enqueue-over-far-copy"] = vector.CallerNs / farRows,
                ["vector-names-enqueue-over-far-copy"] = vectorNames.CallerNs / farRows,
                ["per-env-enqueue-over-far-copy-and-calls"] = perEnv.CallerNs / (farRows + (Rows * call)),
                ["vector-cpu-over-send-and-copy"] = vector.CpuNsPerPoint / sendAndCopy,
                ["per-env-cpu-over-send-and-copy"] = perEnv.CpuNsPerPoint / sendAndCopy,
                ["series-65536-single-over-lock-and-push"] = many.CallerNsPerPoint / callAndPush,
                ["cost-at-100x-load-over-1x"] = vector.CpuNsPerPoint / light.CpuNsPerPoint,
                ["cost-of-6400k-over-160k"] = heavy.CpuNsPerPoint / middle.CpuNsPerPoint,
                ["drain-lag-burst-ms"] = vector.DrainLagMs,
                ["drain-lag-burst-over-small-and-send"] = vector.DrainLagMs / (light.DrainLagMs + sendMs),
                ["drain-lag-small-burst-ms"] = light.DrainLagMs,
                ["wire-bytes-rl-double"] = vector.WireBytes,
                ["wire-bytes-rl-float"] = vectorSingle.WireBytes,
                ["wire-bytes-scalar"] = Math.Max(byHandle.WireBytes, byName.WireBytes),
                ["wire-bytes-series-65536-single"] = many.WireBytes,
                ["managed-bytes"] = paths.Max(path => path.ManagedBytes),
            };
        }
        finally
        {
            paths.ForEach(path => path.Dispose());
        }

        Path Add(Func<Logger, IWorkload> make)
        {
            Logger logger = target.OpenLogger();
            Path path = new(logger, make(logger));
            paths.Add(path);
            return path;
        }
    }

    /// <summary>One way to log, and what its bursts took.</summary>
    private sealed class Path(Logger logger, IWorkload workload) : IDisposable
    {
        public Logger Logger { get; } = logger;

        public IWorkload Workload { get; } = workload;

        public BurstMeter Meter { get; } = new(workload);

        public List<BurstSample> Samples { get; } = [];

        /// <summary>Of a burst, of the thread that calls.</summary>
        public double CallerNs => Samples.Min(s => s.Caller.CpuSeconds) * Nano;

        public double CallerNsPerPoint => CallerNs / Samples[0].Points;

        public double CpuNsPerPoint => Samples.Min(s => s.CpuSeconds) * Nano / Samples[0].Points;

        public double DrainLagMs => Samples.Min(s => s.DrainLagSeconds) * 1000;

        /// <summary>The median: where a message ends depends on the moment, and the least of many such accidents is none's.</summary>
        public double WireBytes => MinMedianMax.Of(Samples.Select(s => (double)s.WireBytes / s.Points)).Median;

        /// <summary>The median: a compiler that replaces a method while it runs books some bytes on the caller.</summary>
        public double ManagedBytes => MinMedianMax.Of(Samples.Select(s => (double)s.Caller.ManagedBytes)).Median;

        public void Dispose()
        {
            Workload.Dispose();
            Logger.Dispose();
        }
    }
}
