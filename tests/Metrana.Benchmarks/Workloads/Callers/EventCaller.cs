using Benchmarks.Serving;
using Metrana;
using Metrana.Extensions.Logging;
using Metrana.Server;
using Microsoft.Extensions.Logging;

namespace Benchmarks.Workloads.Callers;

/// <summary>Events of Microsoft.Extensions.Logging with two numbers, to a run with a server.</summary>
internal sealed partial class EventCaller : ICaller
{
    private const int NumbersOfAnEvent = 2;

    private readonly LocalServer _server;
    private readonly Run _run;
    private readonly MetranaLoggerProvider _provider;
    private readonly ILoggerFactory _factory;
    private readonly ILogger _log;

    private EventCaller(LocalServer server, Run run)
    {
        (_server, _run, _provider) = (server, run, new MetranaLoggerProvider(run));
        _factory = LoggerFactory.Create(builder => builder.AddProvider(_provider));
        _log = _factory.CreateLogger("trainer");
    }

    public static async Task<ICaller> OpenAsync(LocalServer server) => new EventCaller(server, await RunCaller.StartAsync(server, []));

    public void Call(int first, int calls)
    {
        for (int i = first; i < first + calls; i++)
        {
            Update(_log, "TRAINER", i * 0.5, i * 0.25, i);
        }
    }

    public Task SettleAsync() => _provider.Flush(RunCaller.Patience)
        ? Task.CompletedTask
        : throw new NotDeliveredException($"The run has not taken the events within {RunCaller.Patience}.");

    public async Task EndAsync(int calls)
    {
        await _run.CloseAsync();
        long expected = (long)calls * NumbersOfAnEvent;
        TelemetryCounts counts = _provider.Counts;
        ServerCounts held = await _server.GetCountsAsync(_run.Id);
        if (counts.Events != calls || counts.Logged != expected || held.Points != expected)
        {
            throw new NotDeliveredException($"Of {calls} events, {counts.Events} were taken; of {expected} values, {counts.Logged} were logged and {held.Points} arrived.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _factory.Dispose();
        _provider.Dispose();
        await _run.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{category} {critic_loss} {entropy} {timesteps}")]
    private static partial void Update(ILogger logger, string category, double critic_loss, double entropy, long timesteps);
}
