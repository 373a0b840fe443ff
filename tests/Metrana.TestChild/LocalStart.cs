using System.Globalization;
using Metrana.Native;

namespace Metrana.TestChild;

/// <summary>A run that goes to a server on this machine; the environment says which and how it is found.</summary>
internal static class LocalStart
{
    /// <param name="name">The name of the run.</param>
    /// <param name="waits">Whether the run goes on without a server.</param>
    public static void Play(string name, bool waits)
    {
        int asked = 0;
        RunOptions options = new()
        {
            Project = "tests",
            Name = name,
            ContinueWithoutServer = waits,
            StartTimeout = TimeSpan.FromSeconds(waits ? 60 : 1),
            ConfigureLogger = _ => asked++,
            LogGitCommit = false,
            LogProcessFacts = ProcessFacts.None,
            LogSystemMetrics = false,
        };
        try
        {
            using Run run = Run.Start(options);
            run.Log("loss", [0.5, 0.25]);
            Console.WriteLine("waiting");
            run.Flush(TimeSpan.FromMinutes(2));
            run.Log("loss", 0.125);
            run.Close();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Delivery.Sent} sent, asked {asked} time, {run.Url}"));
        }
        catch (LoggerInitException e)
        {
            Console.WriteLine($"{e.GetType().Name} {e.StatusCode}: {e.Message}".ReplaceLineEndings(" "));
        }
    }
}
