using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Measuring;

/// <summary>Logs bursts and measures each of them until its last acknowledgement, without a flush.</summary>
internal sealed class BurstMeter(IWorkload workload)
{
    private readonly long[] _goals = new long[workload.Loggers.Count];
    private readonly AckWatch _watch = new();

    /// <summary>How many bursts were logged, unmeasured ones too.</summary>
    public long Bursts { get; private set; }

    /// <summary>Unmeasured bursts: code is compiled and chunks are made in them.</summary>
    public void WarmUp(int bursts)
    {
        for (int i = 0; i < bursts; i++)
        {
            _ = Measure();
        }
    }

    /// <summary>Bursts, each begun <paramref name="cycleSeconds"/> after the one before, or as soon as that is acknowledged.</summary>
    public List<BurstSample> Measure(int bursts, double cycleSeconds = 0)
    {
        List<BurstSample> samples = new(bursts);
        for (int i = 0; i < bursts; i++)
        {
            double begun = Clocks.Wall;
            samples.Add(Measure());
            if (i + 1 < bursts)
            {
                Clocks.Pause(begun + cycleSeconds - Clocks.Wall);
            }
        }

        return samples;
    }

    private BurstSample Measure()
    {
        IReadOnlyList<Logger> loggers = workload.Loggers;
        long wireBytes = 0;
        for (int i = 0; i < loggers.Count; i++)
        {
            Metrics before = loggers[i].GetMetrics();
            wireBytes -= before.BytesSent;
            _goals[i] = Delivered.Sent(before).All + workload.PerLogger.All;
        }

        ResidentMemory.ForgetPeak();
        int collections = Collections();
        double cpu = Clocks.OfProcess;
        double begun = Clocks.Wall;
        CallerCost caller = workload.Enqueue();
        double enqueued = Clocks.Wall;
        double watchCpu = Clocks.OfThread;
        _watch.Wait(loggers, _goals);
        double acknowledged = Clocks.Wall;
        watchCpu = Clocks.OfThread - watchCpu;
        cpu = Clocks.OfProcess - cpu;
        collections = Collections() - collections;

        foreach (Logger logger in loggers)
        {
            wireBytes += logger.GetMetrics().BytesSent;
        }

        double steady = ResidentMemory.NowMiB;
        double peak = ResidentMemory.PeakMiB; // The kernel adds both up from counters that lag a little.
        Bursts++;
        return new BurstSample
        {
            Points = workload.PerLogger.All * loggers.Count,
            EnqueueSeconds = enqueued - begun,
            Caller = caller,
            DrainLagSeconds = acknowledged - enqueued,
            CpuSeconds = cpu,
            WatchCpuSeconds = watchCpu,
            PeakRssMiB = Math.Max(peak, steady),
            SteadyRssMiB = steady,
            WireBytes = wireBytes,
            Collections = collections,
        };
    }

    private static int Collections() => GC.CollectionCount(0);
}
