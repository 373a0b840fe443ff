namespace Metrana.Native.TestChild;

internal static class Runs
{
    public static LoggerConfig Config(string endpoint, string run) => new()
    {
        ApiKey = "test",
        Workspace = "ws",
        Project = "proj",
        RunName = run,
        Endpoint = endpoint,
        CloseTimeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Tells the test how far this is.</summary>
    public static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    /// <summary>Waits until the test says go. When it says nothing more, it is gone, and so is the reason to live.</summary>
    public static void AwaitGo()
    {
        if (Console.In.ReadLine() is null)
        {
            Environment.Exit(3);
        }
    }
}
