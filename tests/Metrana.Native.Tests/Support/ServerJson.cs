using System.Globalization;
using System.Text.Json;
using Metrana.Server;

namespace Metrana.Native.Tests.Support;

/// <summary>What the server answers over HTTP, as it stands there: whole numbers are texts, and values that are none, too.</summary>
internal static class ServerJson
{
    private static readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public static async Task<JsonElement> JsonAsync(this LocalServer server, Logger logger, string path = "")
    {
        string text = await _http.GetStringAsync(new Uri($"{server.HttpEndpoint}/api/v1/runs/{logger.RunIdHex}{path}"));
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>The one series of a metric, with the pages of what it holds.</summary>
    /// <param name="server">The server.</param>
    /// <param name="logger">Whose run.</param>
    /// <param name="metric">The metric.</param>
    public static async Task<JsonElement> OneSeriesAsync(this LocalServer server, Logger logger, string metric) =>
        (await server.JsonAsync(logger, "/series")).GetProperty("series").EnumerateArray()
            .Single(series => series.Text("metric") == metric);

    /// <summary>What a series holds.</summary>
    /// <param name="server">The server.</param>
    /// <param name="logger">Whose run.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="page">What is asked for: <c>points</c>, <c>histograms</c> or <c>scatters</c>.</param>
    public static async Task<JsonElement> PageAsync(this LocalServer server, Logger logger, string metric, string page) =>
        await server.JsonAsync(logger, $"/series/{(await server.OneSeriesAsync(logger, metric)).Text("id")}/{page}");

    /// <summary>The points of a reinforcement-learning series in one environment.</summary>
    public static async Task<RlPoints> RlPointsAsync(this LocalServer server, Logger logger, string metric, string environment) =>
        new(await server.PageAsync(logger, metric, $"points?environment={Uri.EscapeDataString(environment)}"));

    /// <summary>The attributes of the run as <c>type:value</c>.</summary>
    public static async Task<Dictionary<string, string>> AttributesAsync(this LocalServer server, Logger logger) =>
        Attributes((await server.JsonAsync(logger, "/attributes")).GetProperty("attributes"));

    /// <summary>Attributes as <c>type:value</c>.</summary>
    public static Dictionary<string, string> Attributes(JsonElement attributes) => attributes.EnumerateObject().ToDictionary(
        attribute => attribute.Name,
        attribute =>
        {
            string type = attribute.Value.Text("type");
            return attribute.Value.TryGetProperty("value", out JsonElement value) ? $"{type}:{value}"
                : attribute.Value.TryGetProperty("value_millis", out JsonElement millis) ? $"{type}:{millis}"
                : type;
        });

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Whole(this JsonElement json, string name) => long.Parse(json.Text(name), CultureInfo.InvariantCulture);

    public static double[] Values(this JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(
        value => value.ValueKind == JsonValueKind.String
            ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture)
            : value.GetDouble())];

    public static long?[] Wholes(this JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(
        value => value.ValueKind == JsonValueKind.Null ? null : (long?)long.Parse(value.GetString()!, CultureInfo.InvariantCulture))];

    /// <summary>Columns of one length.</summary>
    public sealed class RlPoints(JsonElement json)
    {
        public long?[] RlSteps { get; } = json.Wholes("rl_steps");

        public long?[] Episodes { get; } = json.Wholes("episodes");

        public long?[] Steps { get; } = json.Wholes("env_steps");

        public long?[] Timestamps { get; } = json.Wholes("timestamps_millis");

        public double[] Values { get; } = json.Values("values");

        public bool[] Flat { get; } = [.. json.GetProperty("flat").EnumerateArray().Select(value => value.GetBoolean())];

        public bool[] FromOne { get; } = [.. json.GetProperty("from_one").EnumerateArray().Select(value => value.GetBoolean())];

        public int[] Widths { get; } = [.. json.GetProperty("value_width").EnumerateArray().Select(value => value.GetInt32())];
    }
}
