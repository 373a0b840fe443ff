using Benchmarks.Measuring;
using Benchmarks.Serving;
using Metrana;
using Metrana.Mirrors;
using Metrana.Server;

namespace Benchmarks.Workloads.Callers;

/// <summary>Single values by name to a run with a server, and with a mirror where one is given.</summary>
internal sealed class RunCaller : ICaller
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LocalServer _server;
    private readonly Run _run;
    private readonly string? _file;

    private RunCaller(LocalServer server, Run run, string? file) => (_server, _run, _file) = (server, run, file);

    /// <summary>A run without a mirror.</summary>
    public static async Task<ICaller> OpenAsync(LocalServer server) => new RunCaller(server, await StartAsync(server, []), null);

    /// <summary>A run with a mirror into a file.</summary>
    public static async Task<ICaller> OpenMirroredAsync(LocalServer server)
    {
        string file = Path.GetTempFileName();
        return new RunCaller(server, await StartAsync(server, [new JsonlMirror(file)]), file);
    }

    public static Task<Run> StartAsync(LocalServer server, IReadOnlyList<IRunMirror> mirrors) => Run.StartAsync(new RunOptions
    {
        Project = "callers",
        Endpoint = server.Endpoint,
        ApiKey = "local",
        LogGitCommit = false,
        LogProcessFacts = ProcessFacts.None,
        LogSystemMetrics = false,
        Mirrors = mirrors,
    });

    public void Call(int first, int calls)
    {
        for (int i = first; i < first + calls; i++)
        {
            _run.Log("loss", i * 0.5);
        }
    }

    public async Task SettleAsync()
    {
        await _run.FlushAsync(Patience);
        double until = Clocks.Wall + Patience.TotalSeconds;
        while (_run.Mirrors.Any(mirror => mirror.Pending > 0))
        {
            if (Clocks.Wall > until)
            {
                throw new NotDeliveredException($"The mirror has not written what was logged within {Patience}.");
            }

            Clocks.Pause(0.001);
        }
    }

    public async Task EndAsync(int calls)
    {
        await _run.CloseAsync();
        long held = (await _server.GetCountsAsync(_run.Id)).Points;
        if (held != calls || _run.Mirrors.Any(mirror => mirror.Written < calls || mirror.Dropped > 0))
        {
            throw new NotDeliveredException($"Of {calls} values the server holds {held}, and the mirrors: {string.Join(", ", _run.Mirrors)}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        if (_file is not null)
        {
            File.Delete(_file);
        }
    }
}
