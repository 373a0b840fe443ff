using Metrana.Server;
using Xunit;

namespace Metrana.Tool.Tests.Support;

/// <summary>A server with runs that the client logged. Tests read them and change nothing.</summary>
public sealed class RunsFixture : IAsyncLifetime
{
    public const int Steps = 200;
    public const int RlSteps = 4;

    /// <summary>A name that would clear the terminal of whoever lists it.</summary>
    public const string HostileName = "evil\u001b[2J\u202Ename";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metrana-tool-");

    public LocalServer Server { get; private set; } = null!;

    public string Data => _directory.FullName;

    public string WalkerId { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Server = await LocalServer.StartAsync(new LocalServerOptions { DataDirectory = Data });
        WalkerId = await WalkerAsync();
        await using (var other = await StartAsync("walker", "ppo-2"))
        {
            other.Log("train/loss", 1.5, step: 0);
        }

        await using (var hostile = await StartAsync("other", HostileName))
        {
            hostile.Log("loss", 1, step: 0);
        }

        await using var nan = await StartAsync("other", "broken");
        nan.Log("loss", double.NaN, step: 0);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>A run on this server. Nothing but what a test logs is in it.</summary>
    public Task<Run> StartAsync(string project, string name, Action<RunOptions>? change = null)
    {
        var options = new RunOptions
        {
            Project = project,
            Name = name,
            Endpoint = Server.Endpoint,
            ApiKey = Server.ApiKey,
            Workspace = "local",
            LogGitCommit = false,
            LogProcessFacts = ProcessFacts.None,
            LogSystemMetrics = false,
            Print = false,
            Resume = ResumeStrategy.Allow,
            CloseTimeout = TestTool.Deadline,
        };
        change?.Invoke(options);
        return Run.StartAsync(options);
    }

    internal TestTool Tool(bool terminal = false, int width = 120) => new() { Data = Data, IsTerminal = terminal, Width = width };

    private async Task<string> WalkerAsync()
    {
        await using var run = await StartAsync("walker", "ppo-1", options => options.Tags = ["baseline"]);
        run.LogConfig(new { lr = 3e-4, layers = new[] { 64, 32 }, note = "two\nlines" });
        for (var step = 0; step < Steps; step++)
        {
            run.Log("train/loss", 1.0 / (step + 1), step: step, timestamp: Native.Timestamps.At(1_700_000_000_000 + step));
            run.Log("train/accuracy", step / (double)Steps, step: step);
        }

        run.Log("eval/loss", 0.5, step: 0, labels: [("split", "test")]);
        run.Log("eval/loss", 0.7, step: 0, labels: [("split", "validation")]);
        for (long rlStep = 0; rlStep < RlSteps; rlStep++)
        {
            run.LogEnvironmentStep("reward", new double[] { rlStep, rlStep + 1, 10, 20 }, rlStep, ["env-0", "env-1"], width: 2);
        }

        run.LogHistogram("gradients", [0.0, 1.0, 2.0], [3L, 4L], step: 1);
        return run.Id;
    }
}
