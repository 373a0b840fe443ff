using System.Runtime.InteropServices;
using Metrana.Native.TestChild;

// Each command plays one part, told line by line over standard input and output. A part that fails throws, and so
// ends with another exit code than 0.
string part = args[0];
string endpoint = args[1];
string run = args[2];
switch (part)
{
    case "forget":
        Ends.Forget(endpoint, run);
        break;
    case "signal":
        Ends.AwaitSignal(endpoint, run);
        break;
    case "signal-in-loop":
        Ends.LogUntilSignal(endpoint, run);
        break;
    case "signal-handled":
        Ends.AwaitHandledSignal(endpoint, run, HandlerFirst(), Signal());
        break;
    case "signal-observed":
        Ends.AwaitObservedSignal(endpoint, run, HandlerFirst(), Signal());
        break;
    case "interrupt-handled":
        Ends.AwaitHandledInterrupt(endpoint, run, HandlerFirst());
        break;
    case "hosted":
        await Hosted.AwaitSignalAsync(endpoint, run, HandlerFirst());
        break;
    case "host-not-running":
        Hosted.AwaitSignalWithoutRunning(endpoint, run);
        break;
    case "crash":
        Ends.Crash(endpoint, run);
        break;
    case "crash-handled":
        Ends.CrashWithLastWords(endpoint, run, HandlerFirst());
        break;
    case "exit-handled":
        Ends.ExitWithLastWords(endpoint, run, HandlerFirst());
        break;
    case "little-patience":
        Ends.EndWithLittlePatience(endpoint, run, HandlerFirst(), args[4]);
        break;
    case "exit-behind-blocked-provider":
        Providers.ExitBehindBlockedProvider(endpoint, run);
        break;
    case "exit-in-provider":
        Providers.ExitInProvider(endpoint, run);
        break;
    case "work-behind-blocked-provider":
        await Providers.WorkBehindBlockedProviderAsync(endpoint, run);
        break;
    case "wait-in-provider":
        Providers.WaitInProvider(endpoint, run);
        break;
    case "fill-standard-error":
        Providers.FillStandardError(endpoint, run);
        break;
    case "column":
        Column.LogAgainstStalledServer(endpoint, run);
        break;
    case "close-without-threads":
        await Threads.CloseWithoutAsync(endpoint, run);
        break;
    case "forget-without-threads":
        Threads.ForgetWithout(endpoint, run);
        break;
    case "open-by-name-without-threads":
        Threads.OpenByNameWithout(endpoint, run);
        break;
    case "reconnect-by-name-without-threads":
        Threads.ReconnectByNameWithout(endpoint, run);
        break;
    default:
        Console.Error.WriteLine($"unknown part '{part}'");
        return 2;
}

return 0;

// The program's own handler is there before the logger, or after it.
bool HandlerFirst() => args[3] switch
{
    "handler-first" => true,
    "logger-first" => false,
    string other => throw new ArgumentException($"There is no order '{other}'."),
};

PosixSignal Signal() => Enum.Parse<PosixSignal>(args[4]);
