using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.TestChild;

/// <summary>Applications whose log is no good, and standard error that nobody reads.</summary>
internal static class Providers
{
    private const int Lines = 4000;

    /// <summary>More lines than wait for a provider.</summary>
    private const int ManyLines = 10_000;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(1);

    /// <summary>Ends while its log provider blocks for ever.</summary>
    public static void ExitBehindBlockedProvider(string endpoint, string run)
    {
        using ManualResetEventSlim entered = new();
        LogPoint(endpoint, run, new CallingFactory(_ =>
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
        LogPoint(endpoint, run, new CallingFactory(_ => Environment.Exit(Ends.OwnExitCode)));
        Runs.AwaitGo();
    }

    /// <summary>Opens, flushes, closes and disposes while its log provider blocks, and then lets it go on.</summary>
    public static async Task WorkBehindBlockedProviderAsync(string endpoint, string run)
    {
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim goOn = new();
        ConcurrentQueue<string> lines = new();
        LoggerConfig config = Runs.Config(endpoint, run);
        config.MisStepWarnBudget = ManyLines;
        config.LoggerFactory = new CallingFactory(line =>
        {
            entered.Set();
            goOn.Wait();
            lines.Enqueue(line);
        });
        Logger logger = await Logger.OpenAsync(config).WaitAsync(_deadline);
        LogSameStep(logger, 2);
        entered.Wait();

        await logger.FlushAsync().WaitAsync(_deadline);
        Logger other = await Logger.OpenAsync(Runs.Config(endpoint, $"{run}-other")).WaitAsync(_deadline);
        await other.CloseAsync().WaitAsync(_deadline);
        await other.DisposeAsync().AsTask().WaitAsync(_deadline);
        LogSameStep(logger, ManyLines);
        await logger.CloseAsync().WaitAsync(_deadline);
        await logger.DisposeAsync().AsTask().WaitAsync(_deadline);
        Runs.Say("disposed");

        goOn.Set();
        bool told = SpinWait.SpinUntil(() => lines.Any(line => line.Contains("were lost", StringComparison.Ordinal)), _deadline);
        Runs.Say(told ? lines.First(line => line.Contains("were lost", StringComparison.Ordinal)) : "nothing is told of lost lines");
    }

    /// <summary>Its log provider waits for loggers: for that whose line it writes, and for another.</summary>
    public static void WaitInProvider(string endpoint, string run)
    {
        using ManualResetEventSlim done = new();
        Logger? logger = null;
        int calls = 0;
        LoggerConfig config = Runs.Config(endpoint, run);
        config.LoggerFactory = new CallingFactory(_ =>
        {
            if (Interlocked.Increment(ref calls) > 1)
            {
                return;
            }

            bool flushed = logger!.FlushAsync().Wait(_deadline);
            Task<Logger> opening = Logger.OpenAsync(Runs.Config(endpoint, $"{run}-other"));
            bool opened = opening.Wait(_deadline);
            bool disposed = logger.DisposeAsync().AsTask().Wait(_deadline);
            Runs.Say($"{flushed} {opened} {disposed}");
            opening.Result.Dispose();
            done.Set();
        });
        logger = new Logger(config);
        LogSameStep(logger, 2);
        done.Wait();
    }

    /// <summary>Says more on standard error than fits into a pipe, and goes on.</summary>
    public static void FillStandardError(string endpoint, string run)
    {
        LoggerConfig config = Runs.Config(endpoint, run);
        config.MisStepWarnBudget = Lines;
        using Logger logger = new(config);
        LogSameStep(logger, Lines);
        logger.Flush();
        Runs.Say("delivered");
    }

    /// <summary>Logs a step twice, so that there is something to warn of.</summary>
    private static void LogPoint(string endpoint, string run, ILoggerFactory log)
    {
        LoggerConfig config = Runs.Config(endpoint, run);
        config.LoggerFactory = log;
        LogSameStep(new Logger(config), 2);
    }

    /// <summary>From the second one on, there is something to warn of.</summary>
    private static void LogSameStep(Logger logger, int times)
    {
        for (int i = 0; i < times; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, i, steps: 0);
        }
    }

    private sealed class CallingFactory(Action<string> onLine) : ILoggerFactory, ILogger
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
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => onLine(formatter(state, exception));
    }
}
