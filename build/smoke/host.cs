// What a program does with all packages, in forms that trimming and NativeAOT keep: a host has a run, what is logged by ILogger
// becomes metrics, and two mirrors write files beside it. Its argument is the name of its run.
using Metrana;
using Metrana.Server;
using Metrana.Syvain;
using Metrana.TensorBoard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

string folder = Path.Combine(Path.GetTempPath(), $"metrana-{args[0]}-{Environment.ProcessId}");
string lines = Path.Combine(folder, "metrics.jsonl");
Directory.CreateDirectory(folder);

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["Metrana:Project"] = "smoke",
    ["Metrana:Name"] = args[0],
    ["Metrana:LogSystemMetrics"] = "false",
    ["Metrana:Config:lr"] = "3e-4",
});
builder.Services.AddMetranaRun(
    builder.Configuration.GetSection("Metrana"),
    options => options.Mirrors = [new TensorBoardMirror(folder), new SyvainMirror(new JsonlCollector(lines))]);
builder.Services.AddHostedService<Training>();
builder.Logging.AddMetrana();
using (IHost host = builder.Build())
{
    await host.RunAsync();
}

await using LocalServer server = await LocalServer.FindOrStartAsync();
StoredRun stored = await server.FindRunAsync(args[0]) ?? throw new InvalidOperationException("The server has no such run.");
StoredSeries loss = (await server.GetSeriesAsync(stored.RunId)).Single(one => one.Metric == "trainer/loss");
bool logged = (await server.GetPointsAsync(stored.RunId, loss.Id)).Values.SequenceEqual([0.5, 0.25]);
bool configured = new StoredValue.Number(3e-4).Equals((await server.GetAttributesAsync(stored.RunId)).GetValueOrDefault("config/lr"));
bool mirrored = File.ReadAllText(lines).Contains("trainer/loss", StringComparison.Ordinal)
    && Directory.EnumerateFiles(folder, "*tfevents*", SearchOption.AllDirectories).Any(file => new FileInfo(file).Length > 100);
Directory.Delete(folder, recursive: true);
Console.WriteLine(logged && configured && mirrored ? "read back" : $"logged: {logged}, configured: {configured}, mirrored: {mirrored}");
return logged && configured && mirrored ? 0 : 1;

sealed partial class Training(ILogger<Training> log, IHostApplicationLifetime host) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Update(log, "TRAINER", 0.5, 1);
        Update(log, "TRAINER", 0.25, 2);
        host.StopApplication();
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{category} {loss} {timesteps}")]
    private static partial void Update(ILogger logger, string category, double loss, long timesteps);
}
