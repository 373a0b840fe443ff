using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Metrana.MLflow.Tests;

/// <summary>
/// A real MLflow server, one for all tests: its start takes seconds. The program that the variable names is started with
/// a port and a folder, returns when the server answers, and leaves its process id in the folder's file <c>pid</c>.
/// </summary>
public sealed class MlflowServer : IAsyncLifetime
{
    internal const string Variable = "METRANA_MLFLOW_START";

    /// <summary>How busy the machine is must not decide: it takes seconds on a quiet one.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(15);

    private static readonly HttpClient _http = new();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metrana-mlflow-");

    /// <summary>Why there is no server; null where there is one.</summary>
    internal static string? WhyNot => Program is null
        ? $"There is no MLflow here: {Variable} names no program that starts one (PROGRAM PORT FOLDER)."
        : null;

    internal static string? Program => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } program ? program : null;

    internal string Address { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (Program is not { } program)
        {
            return;
        }

        int port = FreePort();
        Address = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";

        // Its output stays where it is: the server inherits it, and reading to its end would wait for the server's.
        using Process start = Process.Start(new ProcessStartInfo(program, [port.ToString(CultureInfo.InvariantCulture), _folder.FullName]))!;
        using CancellationTokenSource deadline = new(_patience);
        await start.WaitForExitAsync(deadline.Token);
        start.ExitCode.Should().Be(0, "{0} starts MLflow", program);
    }

    public async Task DisposeAsync()
    {
        string pid = Path.Combine(_folder.FullName, "pid");
        if (File.Exists(pid))
        {
            try
            {
                using Process server = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid), CultureInfo.InvariantCulture));
                server.Kill(entireProcessTree: true);
                using CancellationTokenSource deadline = new(_patience);
                await server.WaitForExitAsync(deadline.Token);
            }
            catch (ArgumentException)
            {
                // It has ended by itself.
            }
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>What its REST API answers.</summary>
    internal Task<JsonElement> GetAsync(string call) => PathAsync($"api/2.0/mlflow/{call}");

    internal async Task<JsonElement> PathAsync(string path) => JsonDocument.Parse(await _http.GetStringAsync($"{Address}/{path}")).RootElement;

    internal async Task<JsonElement> PostAsync(string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PostAsync($"{Address}/{path}", body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.Should().BeTrue(text);
        return JsonDocument.Parse(text).RootElement;
    }

    internal async Task<StoredRun> RunAsync(string runId) => new((await GetAsync($"runs/get?run_id={runId}")).GetProperty("run"));

    /// <summary>All values of a metric: the step, the value as it is written, the time.</summary>
    internal async Task<IReadOnlyList<(long Step, string Value, long Time)>> HistoryAsync(string runId, string key)
    {
        JsonElement answer = await GetAsync($"metrics/get-history?run_id={runId}&metric_key={Uri.EscapeDataString(key)}");
        return answer.TryGetProperty("metrics", out JsonElement metrics)
            ? [.. metrics.EnumerateArray().Select(one => (
                one.GetProperty("step").GetInt64(), one.GetProperty("value").ToString(), one.GetProperty("timestamp").GetInt64()))]
            : [];
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A run as the server tells it.</summary>
    internal sealed record StoredRun(JsonElement Run)
    {
        public JsonElement Info => Run.GetProperty("info");

        public string Status => Info.GetProperty("status").GetString()!;

        public IReadOnlyDictionary<string, string> Params => Pairs("params");

        public IReadOnlyDictionary<string, string> Tags => Pairs("tags");

        /// <summary>The last value of each metric, as it is written.</summary>
        public IReadOnlyDictionary<string, string> Metrics => Pairs("metrics");

        private Dictionary<string, string> Pairs(string what) => Run.GetProperty("data").TryGetProperty(what, out JsonElement pairs)
            ? pairs.EnumerateArray().ToDictionary(one => one.GetProperty("key").GetString()!, one => one.GetProperty("value").ToString())
            : [];
    }
}
