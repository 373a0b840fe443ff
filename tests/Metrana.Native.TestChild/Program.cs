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
    case "terminate":
        Ends.AwaitSignal(endpoint, run);
        break;
    case "terminate-handled":
        Ends.AwaitHandledSignal(endpoint, run);
        break;
    case "terminate-hosted":
        await Hosted.AwaitSignalAsync(endpoint, run);
        break;
    case "interrupt":
        Ends.AwaitInterrupt(endpoint, run);
        break;
    case "interrupt-handled":
        Ends.AwaitHandledInterrupt(endpoint, run);
        break;
    case "crash":
        Ends.Crash(endpoint, run);
        break;
    case "column":
        Column.LogAgainstStalledServer(endpoint, run);
        break;
    case "close-without-threads":
        await Threads.CloseWithoutAsync(endpoint, run);
        break;
    default:
        Console.Error.WriteLine($"unknown part '{part}'");
        return 2;
}

return 0;
