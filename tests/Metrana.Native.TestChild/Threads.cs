using System.Globalization;
using System.Runtime.InteropServices;

namespace Metrana.Native.TestChild;

/// <summary>A process that may start no thread any more, as in a container whose limit is reached.</summary>
internal static partial class Threads
{
    public const int Points = 1000;

    /// <summary>On Linux: how many processes and threads the user has.</summary>
    private const int LimitOfThreads = 6;

    private const uint Nobody = 65534;

    public static async Task CloseWithoutAsync(string endpoint, string run)
    {
        Logger logger = new(Runs.Config(endpoint, run));
        LogPoints(logger);

        // The pool has a thread from now on.
        await Task.Run(static () => { });
        Forbid();
        await logger.FlushAsync(TimeSpan.FromSeconds(60));
        logger.LogStdFloats("loss", Scale.MlStep, Points);
        await logger.DisposeAsync();
        KindMetrics points = logger.GetMetrics().FloatPoints;
        Runs.Say(string.Create(CultureInfo.InvariantCulture, $"{points.Sent} {points.Pending} {points.Dropped}"));
    }

    /// <summary>Returns from Main as if there were no logger.</summary>
    public static void ForgetWithout(string endpoint, string run)
    {
        Logger logger = new(Runs.Config(endpoint, run));
        LogPoints(logger);

        Forbid();
    }

    /// <summary>Opens a second run, of a host whose name somebody has to look up.</summary>
    public static void OpenByNameWithout(string endpoint, string run)
    {
        using Logger first = new(Runs.Config(endpoint, run));
        LoggerConfig byName = ByName(endpoint, $"{run}-by-name");
        byName.InitTimeout = TimeSpan.FromMilliseconds(500);
        Forbid();
        try
        {
            using Logger second = new(byName);
            Runs.Say("it opened");
        }
        catch (LoggerInitException e)
        {
            Runs.Say(e.Message);
        }

        first.LogStdFloats("loss", Scale.MlStep, 1);
    }

    /// <summary>Loses its connection to a host whose name somebody has to look up again.</summary>
    public static void ReconnectByNameWithout(string endpoint, string run)
    {
        using Logger logger = new(ByName(endpoint, run));
        Forbid();
        Runs.Say("ready");
        Runs.AwaitGo();
        LogPoints(logger);

        logger.Flush(TimeSpan.FromSeconds(60));
        Metrics metrics = logger.GetMetrics();
        string came = metrics.ConnectionAttempts > 1 ? "after a break" : "at once";
        Runs.Say(string.Create(CultureInfo.InvariantCulture, $"{metrics.FloatPoints.Sent} sent, {came}"));
    }

    /// <summary>The settings for a host whose name somebody has to look up.</summary>
    private static LoggerConfig ByName(string endpoint, string run) =>
        Runs.Config(endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), run);

    private static void LogPoints(Logger logger)
    {
        for (int i = 0; i < Points; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, i);
        }
    }

    private static void Forbid()
    {
        // Root is held to no limit.
        if (SetUser(Nobody, Nobody, Nobody) != 0 && Environment.IsPrivilegedProcess)
        {
            throw new InvalidOperationException("This process cannot become another user.");
        }

        Limit none = default;
        if (SetLimit(LimitOfThreads, in none) != 0)
        {
            throw new InvalidOperationException("The limit cannot be set.");
        }

        try
        {
            new Thread(static () => { }).Start();
        }
        catch (OutOfMemoryException)
        {
            // That is how .NET says that there is no thread.
            return;
        }

        throw new InvalidOperationException("There still are threads.");
    }

    [LibraryImport("libc", EntryPoint = "setresuid")]
    private static partial int SetUser(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int what, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
