using System.Runtime.InteropServices;

namespace Metrana.Native.TestChild;

/// <summary>Ways in which a process ends that has not disposed its logger.</summary>
internal static class Ends
{
    /// <summary>So many points that they cannot all have left before the process ends.</summary>
    private const int Points = 200_000;

    public const int OwnExitCode = 7;

    /// <summary>Returns from Main as if there were no logger.</summary>
    public static void Forget(string endpoint, string run) => LogPoints(endpoint, run);

    /// <summary>Dies of an exception: no <c>using</c> disposes anything then.</summary>
    public static void Crash(string endpoint, string run)
    {
        using Logger logger = LogPoints(endpoint, run);
        throw new InvalidOperationException("diverged");
    }

    /// <summary>Dies of an exception, and has something to say to that.</summary>
    public static void CrashWithLastWords(string endpoint, string run, bool handlerFirst)
    {
        Logger? logger = null;
        InOrder(
            handlerFirst,
            () => AppDomain.CurrentDomain.UnhandledException += (_, _) => logger!.LogStdFloats("last-words", Scale.MlStep, 1),
            () => logger = LogPoints(endpoint, run));
        throw new InvalidOperationException("diverged");
    }

    /// <summary>Exits, and has something to say to that.</summary>
    public static void ExitWithLastWords(string endpoint, string run, bool handlerFirst)
    {
        Logger? logger = null;
        InOrder(
            handlerFirst,
            () => AppDomain.CurrentDomain.ProcessExit += (_, _) => logger!.LogStdFloats("last-words", Scale.MlStep, 1),
            () => logger = LogPoints(endpoint, run));
        Environment.Exit(OwnExitCode);
    }

    /// <summary>Is ended by a signal, with points that would not have left for a long time.</summary>
    public static void AwaitSignal(string endpoint, string run)
    {
        Logger logger = LogPoints(endpoint, run, TimeSpan.FromMinutes(10));
        Runs.Say("ready");
        Runs.AwaitGo();
        GC.KeepAlive(logger);
    }

    /// <summary>Is ended by a signal in the middle of its work.</summary>
    public static void LogUntilSignal(string endpoint, string run)
    {
        Logger logger = LogPoints(endpoint, run);
        Runs.Say("ready");
        while (true)
        {
            logger.LogStdFloats("more", Scale.MlStep, 1);
        }
    }

    /// <summary>
    /// Ends on the word of the test, with points that it may wait for one second only, and a handler that logs one more.
    /// </summary>
    public static void EndWithLittlePatience(string endpoint, string run, bool handlerFirst, string how)
    {
        Logger? logger = null;
        void LastWords() => logger!.LogStdFloats("last-words", Scale.MlStep, 1);
        PosixSignalRegistration? own = null;
        InOrder(
            handlerFirst,
            () =>
            {
                own = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => LastWords());
                AppDomain.CurrentDomain.ProcessExit += (_, _) => LastWords();
                AppDomain.CurrentDomain.UnhandledException += (_, _) => LastWords();
            },
            () => logger = LogPoints(endpoint, run, TimeSpan.FromMinutes(10), patience: TimeSpan.FromSeconds(1)));
        Runs.Say("ready");
        Runs.AwaitGo();
        switch (how)
        {
            case "exit":
                Environment.Exit(OwnExitCode);
                break;
            case "crash":
                throw new InvalidOperationException("diverged");
            default:
                Thread.CurrentThread.Join(Timeout.InfiniteTimeSpan);
                break;
        }

        GC.KeepAlive(own);
    }

    /// <summary>Has a handler of its own, and ends in its own way: the logger must still work then.</summary>
    public static void AwaitHandledSignal(string endpoint, string run, bool handlerFirst, PosixSignal signal)
    {
        using ManualResetEventSlim signalled = new();
        Logger? logger = null;
        PosixSignalRegistration? own = null;
        InOrder(
            handlerFirst,
            () => own = PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                signalled.Set();
            }),
            () => logger = LogPoints(endpoint, run));
        Runs.Say("ready");
        signalled.Wait();
        Runs.Say("handled");
        logger!.LogStdFloats("last-words", Scale.MlStep, 1);
        logger.Dispose();
        own!.Dispose();
    }

    /// <summary>Has a handler of its own that only says something: the signal still ends the process.</summary>
    public static void AwaitObservedSignal(string endpoint, string run, bool handlerFirst, PosixSignal signal)
    {
        Logger? logger = null;
        PosixSignalRegistration? own = null;
        InOrder(
            handlerFirst,
            () => own = PosixSignalRegistration.Create(signal, _ => logger!.LogStdFloats("last-words", Scale.MlStep, 1)),
            () => logger = LogPoints(endpoint, run));
        Runs.Say("ready");
        Runs.AwaitGo();
        GC.KeepAlive(own);
    }

    /// <summary>Takes Ctrl-C as a request to stop, as many a trainer does.</summary>
    public static void AwaitHandledInterrupt(string endpoint, string run, bool handlerFirst)
    {
        using ManualResetEventSlim interrupted = new();
        Logger? logger = null;
        InOrder(
            handlerFirst,
            () => Console.CancelKeyPress += (_, e) =>
            {
                e.Cancel = true;
                interrupted.Set();
            },
            () => logger = LogPoints(endpoint, run));
        Runs.Say("ready");
        interrupted.Wait();
        Runs.Say("handled");
        logger!.LogStdFloats("last-words", Scale.MlStep, 1);
        logger.Dispose();
    }

    public static Logger LogPoints(string endpoint, string run, TimeSpan? age = null, TimeSpan? patience = null)
    {
        LoggerConfig config = Runs.Config(endpoint, run);
        config.CloseTimeout = patience ?? config.CloseTimeout;
        config.MsgMaxAge = age ?? config.MsgMaxAge;
        config.MsgLinger = age ?? config.MsgLinger;
        Logger logger = new(config);
        for (int i = 0; i < Points; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, i);
        }

        return logger;
    }

    private static void InOrder(bool firstFirst, Action first, Action second)
    {
        (firstFirst ? first : second)();
        (firstFirst ? second : first)();
    }
}
