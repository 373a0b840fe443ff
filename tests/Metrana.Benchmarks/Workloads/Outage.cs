using Benchmarks.Measuring;
using Metrana.Native;

namespace Benchmarks.Workloads;

/// <summary>A trainer that goes on while nothing is acknowledged: the queue fills, and then every call is turned away.</summary>
internal sealed class Outage(Logger logger)
{
    private const double Cycle = 0.1;

    private readonly double[] _column = Columns.Doubles(1000, 1);

    /// <summary>Points that the logger has accepted.</summary>
    public long Accepted { get; private set; }

    public OutageFigures Run(double seconds, double baselineMiB, double queueMiB)
    {
        ResidentMemory.ForgetPeak();
        double end = Clocks.Wall + seconds;
        int refusals = 0;
        double whenFull = 0;
        do
        {
            while (TryLog())
            {
            }

            refusals++;
            if (refusals % 10 == 1)
            {
                // What the exceptions of the refused calls leave to the collector is this program's own.
                GC.Collect();
            }

            // By the tenth all of the exceptions' own code has run once.
            whenFull = refusals <= 11 ? ResidentMemory.NowMiB : whenFull;
            Clocks.Pause(Cycle);
        }
        while (Clocks.Wall < end);

        double peak = ResidentMemory.PeakMiB;
        return new OutageFigures(
            Digits.Significant(seconds),
            Accepted,
            refusals,
            Digits.Significant(logger.GetMetrics().PendingBytes / (double)(1 << 20)),
            Digits.Significant(peak - baselineMiB - queueMiB),
            Digits.Significant(ResidentMemory.NowMiB - whenFull));
    }

    private bool TryLog()
    {
        try
        {
            logger.LogStdFloats("outage", Scale.MlStep, _column);
            Accepted += _column.Length;
            return true;
        }
        catch (QueueFullException)
        {
            return false;
        }
    }
}

/// <summary>What an outage costs in memory.</summary>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="AcceptedPoints">What the queue took in.</param>
/// <param name="RefusedCalls">Calls that were turned away.</param>
/// <param name="PendingMib">What the queue held at the end, as the logger counts it.</param>
/// <param name="PeakAboveQueueMib">The peak above the program's own and the configured queue bytes.</param>
/// <param name="GrowthWhileFullMib">From when the queue was full first to the end.</param>
internal sealed record OutageFigures(
    double Seconds, long AcceptedPoints, int RefusedCalls, double PendingMib, double PeakAboveQueueMib, double GrowthWhileFullMib);
