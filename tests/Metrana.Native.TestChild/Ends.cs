using System.Runtime.InteropServices;

namespace Metrana.Native.TestChild;

/// <summary>Ways in which a process ends that has not disposed its logger.</summary>
internal static class Ends
{
    /// <summary>So many points that they cannot all have left before the process ends.</summary>
    private const int Points = 200_000;

    /// <summary>Returns from Main as if there were no logger.</summary>
    public static void Forget(string endpoint, string run) => LogPoints(endpoint, run);

    /// <summary>Dies of an exception: no <c>using</c> disposes anything then.</summary>
    public static void Crash(string endpoint, string run)
    {
        using Logger logger = LogPoints(endpoint, run);
        throw new InvalidOperationException("diverged");
    }

    /// <summary>Is ended by a signal.</summary>
    public static void AwaitSignal(string endpoint, string run)
    {
        Logger logger = LogPoints(endpoint, run);
        Runs.Say("ready");
        Runs.AwaitGo();
        GC.KeepAlive(logger);
    }

    /// <summary>Has a handler of its own, which wants to end in its own way: the logger must still work then.</summary>
    public static void AwaitHandledSignal(string endpoint, string run)
    {
        using ManualResetEventSlim signalled = new();
        using Logger logger = LogPoints(endpoint, run);
        using PosixSignalRegistration own = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            signalled.Set();
        });
        Runs.Say("ready");
        signalled.Wait();
        logger.LogStdFloats("last-words", Scale.MlStep, 1);
    }

    /// <summary>Is ended by Ctrl-C, with points that would not have left for a long time.</summary>
    public static void AwaitInterrupt(string endpoint, string run)
    {
        Logger logger = LogPoints(endpoint, run, TimeSpan.FromMinutes(10));
        Runs.Say("ready");
        Runs.AwaitGo();
        GC.KeepAlive(logger);
    }

    /// <summary>Takes Ctrl-C for a wish, as many a trainer does, and has said so before there was a logger.</summary>
    public static void AwaitHandledInterrupt(string endpoint, string run)
    {
        using ManualResetEventSlim interrupted = new();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Set();
        };
        using Logger logger = LogPoints(endpoint, run);
        Runs.Say("ready");
        interrupted.Wait();
        logger.LogStdFloats("last-words", Scale.MlStep, 1);
    }

    public static Logger LogPoints(string endpoint, string run, TimeSpan? age = null)
    {
        LoggerConfig config = Runs.Config(endpoint, run);
        config.MsgMaxAge = age ?? config.MsgMaxAge;
        config.MsgLinger = age ?? config.MsgLinger;
        Logger logger = new(config);
        for (int i = 0; i < Points; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, i);
        }

        return logger;
    }
}
