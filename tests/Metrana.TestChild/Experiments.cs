using Metrana.Syvain;

namespace Metrana.TestChild;

/// <summary>A process that leaves an experiment open, and the ways in which it ends.</summary>
internal static class Experiments
{
    public static void Play(string host, string end)
    {
        // Nothing is sent by itself: what arrives was sent by the end of the process.
        Collector collector = new(new CollectorOptions { ApiKey = "ak_org_test", Host = host, FlushDelay = TimeSpan.FromHours(1) });
        Experiment experiment = collector.OpenExperimentAsync("r").GetAwaiter().GetResult();
        experiment.Start(installHooks: !end.EndsWith("-without-hooks", StringComparison.Ordinal));
        experiment.Metric("m", 1, step: 1);
        switch (end)
        {
            case "return" or "return-without-hooks":
                break;

            case "return-3":
                Environment.ExitCode = 3;
                break;

            case "exit-3":
                Environment.Exit(3);
                break;

            case "throw" or "throw-without-hooks":
                throw new InvalidOperationException("the loss is NaN");

            case "wait":
                Console.WriteLine("waiting");
                Console.ReadLine();
                break;

            default:
                throw new ArgumentException($"There is no end '{end}'.", nameof(end));
        }
    }
}
