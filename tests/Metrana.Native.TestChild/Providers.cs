using Microsoft.Extensions.Logging;

namespace Metrana.Native.TestChild;

/// <summary>Applications whose log is no good, and standard error that nobody reads.</summary>
internal static class Providers
{
    private const int Lines = 4000;

    /// <summary>Ends while its log provider blocks for ever.</summary>
    public static void ExitBehindBlockedProvider(string endpoint, string run)
    {
        using ManualResetEventSlim entered = new();
        LogPoint(endpoint, run, new CallingFactory(() =>
        {
            entered.Set();
            Thread.CurrentThread.Join(Timeout.InfiniteTimeSpan);
        }));
        entered.Wait();
        Environment.Exit(Ends.OwnExitCode);
    }

    /// <summary>Is ended by its log provider, as by one that gives up on the first warning.</summary>
    public static void ExitInProvider(string endpoint, string run)
    {
        LogPoint(endpoint, run, new CallingFactory(() => Environment.Exit(Ends.OwnExitCode)));
        Runs.AwaitGo();
    }

    /// <summary>Says more on standard error than fits into a pipe, and goes on.</summary>
    public static void FillStandardError(string endpoint, string run)
    {
        LoggerConfig config = Runs.Config(endpoint, run);
        config.MisStepWarnBudget = Lines;
        using Logger logger = new(config);
        for (int i = 0; i < Lines; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, i, steps: 0);
        }

        logger.Flush();
        Runs.Say("delivered");
    }

    /// <summary>Logs a step twice, so that there is something to warn of.</summary>
    private static void LogPoint(string endpoint, string run, ILoggerFactory log)
    {
        LoggerConfig config = Runs.Config(endpoint, run);
        config.LoggerFactory = log;
        Logger logger = new(config);
        logger.LogStdFloats("loss", Scale.MlStep, 1, steps: 0);
        logger.LogStdFloats("loss", Scale.MlStep, 2, steps: 0);
    }

    private sealed class CallingFactory(Action onLine) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => onLine();
    }
}
