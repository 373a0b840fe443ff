using System.Globalization;

namespace Metrana.Native.TestChild;

/// <summary>One column that is larger than the whole queue, against a server that acknowledges nothing.</summary>
internal static class Column
{
    private const int Values = 10_000_000;
    private const int QueueBytes = 16 << 20;

    public static void LogAgainstStalledServer(string endpoint, string run)
    {
        LoggerConfig config = Runs.Config(endpoint, run);
        config.QueueBytes = QueueBytes;
        config.Backpressure = Backpressure.Raise;
        config.EnqueueTimeout = TimeSpan.FromMilliseconds(200);
        using Logger logger = new(config);

        double[] column = new double[Values];
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = i;
        }

        // Everything that is needed once is there afterwards: threads, compiled code, the connection's buffers.
        for (int i = 0; i < 100; i++)
        {
            logger.LogStdFloats("warm-up", Scale.MlStep, column.AsSpan(0, 1000));
        }

        logger.Flush(TimeSpan.FromSeconds(60));
        GC.Collect();

        Runs.Say("ready");
        Runs.AwaitGo();

        long before = Status("VmRSS");
        logger.LogStdFloats("column", Scale.MlStep, column);
        int refused = 0;
        for (int i = 0; i < 10; i++)
        {
            try
            {
                logger.LogStdFloats("more", Scale.MlStep, column.AsSpan(0, 1_000_000));
            }
            catch (QueueFullException)
            {
                refused++;
            }
        }

        long peak = Math.Max(Status("VmRSS"), Status("VmHWM"));
        Runs.Say(string.Create(
            CultureInfo.InvariantCulture, $"{before} {peak} {QueueBytes} {sizeof(double) * (long)Values} {refused}"));

        Runs.AwaitGo();
        logger.Flush(TimeSpan.FromSeconds(120));
        Runs.Say("delivered");
    }

    /// <summary>A line of /proc/self/status, in bytes.</summary>
    private static long Status(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        string kibibytes = line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
    }
}
