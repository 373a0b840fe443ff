using System.Diagnostics;
using Metrana;
using Metrana.TestChild;

// A process that plays a part in a run, for tests of what happens between processes and at the end of one.
// Arguments: the part, the endpoint, the name of the run.
string part = args[0];
if (part == "snippets")
{
    SnippetPlayer.Play(args[1]);
    return;
}

if (part == "experiment")
{
    Experiments.Play(args[1], args[2]);
    return;
}

if (part == "nothing")
{
    // What no platform has to have: the doubles do without it.
    Run.Disabled.Log("loss", 1.0);
    Run.Disabled.TrackEpisodes(2).Step(0, [1.0, 2.0], [true, false]);
    using Run memory = Run.InMemory();
    memory.Log("loss", [0.5, 0.25], labels: [("a", "b")]);
    memory.LogConfig(new { lr = 0.1 });
    memory.TrackEpisodes(2).Step(0, [1.0, 2.0], [true, false]);
    memory.Close();
    Console.WriteLine(File.ReadAllText("/proc/self/maps").Contains("libmetrana_native", StringComparison.Ordinal));
    return;
}

if (part == "local")
{
    LocalStart.Play(args[2], waits: args[3] == "wait");
    return;
}

if (part == "say-job")
{
    Console.WriteLine(Environment.GetEnvironmentVariable("METRANA_ORCHESTRATION_ID"));
    return;
}

if (part == "no-run")
{
    Console.WriteLine($"Run.Current is Run.Disabled: {ReferenceEquals(Run.Current, Run.Disabled)}");
    return;
}

if (part == "log-afterwards")
{
    Exits.LogAfterwardsAsync(() => Start()).GetAwaiter().GetResult();
}

Run run = Start();
switch (part)
{
    case "threads":
        // Two processes play this part in one run; a number of each keeps their own series apart.
        string own = args[3];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            Series mine = run.Series($"own/{own}/{thread}");
            for (int i = 0; i < 500; i++)
            {
                mine.Log(i);
                run.LogDistributed("shared", i, step: (i * 16) + (thread * 2) + int.Parse(own, System.Globalization.CultureInfo.InvariantCulture));
            }
        });
        run.Close();
        Console.WriteLine(run.Delivery.Sent);
        break;

    case "episodes":
        EpisodeTracker episodes = run.TrackEpisodes(environments: 4);
        for (long update = run.NextRlStep; ; update++)
        {
            for (int t = 0; t < 4; t++)
            {
                episodes.Step(update, [1.0, 1.0, 1.0, 1.0], [t == 1, t == 3, false, false]);
            }

            run.Flush();
            Console.WriteLine(update);
        }

    case "leave-using":
        Exits.LeaveUsing(run);
        break;

    case "leave-await-using":
        Exits.LeaveAwaitUsingAsync(run).GetAwaiter().GetResult();
        break;

    case "leave-wrapped":
        Exits.LeaveWrappedAsync(run).GetAwaiter().GetResult();
        break;

    case "leave-caught":
        Exits.LeaveCaughtAsync(run).GetAwaiter().GetResult();
        break;

    case "catch-inside":
        Exits.CatchInsideAsync(run).GetAwaiter().GetResult();
        break;

    case "throw":
        run.Log("loss", 1.0);
        throw new InvalidOperationException("the loss is NaN");

    case "forget":
        run.Log("loss", 1.0);
        break;

    case "current":
        Console.WriteLine($"Run.Current before its end: {ReferenceEquals(Run.Current, run)}");
        using (Process child = Process.Start(Environment.ProcessPath!, ["exec", typeof(LocalStart).Assembly.Location, "say-job"]))
        {
            child.WaitForExit();
        }

        Console.WriteLine(run.OrchestrationId);
        run.Close();
        Console.WriteLine($"Run.Disabled after it: {ReferenceEquals(Run.Current, Run.Disabled)}");
        break;

    case "current-of-several":
        foreach (int[] order in (int[][])[[0, 1], [1, 0], [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            List<Run> open = [.. order.Select(_ => Start(Guid.NewGuid().ToString("N")))];
            Run[] all = [run, .. open];
            open.Insert(0, run);
            foreach (int next in order)
            {
                Run ends = all[next + 1];
                ends.Close();
                open.Remove(ends);
                if (!ReferenceEquals(Run.Current, open[^1]))
                {
                    Console.WriteLine($"{string.Join(", ", order)}: after the end of {next} it is {Run.Current}");
                }
            }
        }

        run.Close();
        Console.WriteLine($"Run.Disabled after all of them: {ReferenceEquals(Run.Current, Run.Disabled)}");
        break;

    case "wait":
        run.Log("loss", 1.0);
        Console.WriteLine("waiting");
        Console.ReadLine();
        break;

    case "by-line":
        // A hundred points, and then one for each line that comes; the time of each call goes back.
        run.Log("loss", new double[100]);
        Console.WriteLine(run.Id);
        while (Console.ReadLine() is not null)
        {
            long called = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            run.Log("loss", 2.0);
            Console.WriteLine(called);
        }

        run.Close();
        break;

    case "handle":
        using (ManualResetEventSlim stopped = new())
        {
            Console.CancelKeyPress += (_, e) =>
            {
                e.Cancel = true;
                stopped.Set();
            };
            Console.WriteLine("waiting");
            stopped.Wait();
            run.Log("last", 2.0);
            run.Dispose();
            Console.WriteLine(run.Outcome);
        }

        break;

    default:
        throw new ArgumentException($"There is no part '{part}'.");
}

Run Start(string? name = null) => Run.Start(new RunOptions
{
    Endpoint = args[1],
    Project = "tests",
    Name = name ?? args[2],
    Resume = part == "resume" ? ResumeStrategy.Allow : ResumeStrategy.Never,
    LogGitCommit = false,
    LogProcessFacts = ProcessFacts.None,
    LogSystemMetrics = false,
});
