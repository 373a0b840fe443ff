using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;

namespace Metrana.MLflow;

/// <summary>The options with everything decided: options, then variables, then defaults.</summary>
internal sealed class MlflowSettings
{
    private const string DefaultAddress = "http://localhost:5000";
    private const string Traces = "/v1/traces";

    /// <summary>The base address, with a slash at its end and without a user.</summary>
    public required Uri Address { get; init; }

    public required AuthenticationHeaderValue? Authorization { get; init; }

    public required string? RunId { get; init; }

    public required string ExperimentId { get; init; }

    public required string? ExperimentName { get; init; }

    public required string? RunName { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required bool EndRun { get; init; }

    public required TimeSpan FlushInterval { get; init; }

    public required int FlushMetrics { get; init; }

    public required int Attempts { get; init; }

    public required TimeSpan RequestTimeout { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <exception cref="ArgumentException">Something cannot work; all of it is in the message.</exception>
    public static MlflowSettings Resolve(MlflowOptions options, Func<string, string?> read) =>
        TryResolve(options, read, out MlflowSettings? settings, out string? problems)
            ? settings
            : throw new ArgumentException($"MLflow cannot be written to: {problems}.", nameof(options));

    public static bool TryResolve(
        MlflowOptions options,
        Func<string, string?> read,
        [NotNullWhen(true)] out MlflowSettings? settings,
        [NotNullWhen(false)] out string? problems)
    {
        List<string> all = [];
        string? Of(string? given, string variable) =>
            !string.IsNullOrWhiteSpace(given) ? given : read(variable) is { } set && !string.IsNullOrWhiteSpace(set) ? set : null;

        Uri? address = AddressOf(
            Of(options.TrackingUri, "MLFLOW_TRACKING_URI") ?? TracesBase(read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) ?? DefaultAddress, all);
        if (options.Attempts < 1)
        {
            all.Add($"Attempts is {options.Attempts}, and has to be at least 1");
        }

        if (options.FlushMetrics < 1)
        {
            all.Add($"FlushMetrics is {options.FlushMetrics}, and has to be at least 1");
        }

        if (options.RequestTimeout <= TimeSpan.Zero)
        {
            all.Add($"RequestTimeout is {options.RequestTimeout}, and has to be greater than zero");
        }

        if (options.FlushInterval < TimeSpan.Zero)
        {
            all.Add($"FlushInterval is {options.FlushInterval}, and has to be zero or more");
        }

        bool isNamed = !string.IsNullOrWhiteSpace(options.ExperimentName);
        if (isNamed && !string.IsNullOrWhiteSpace(options.ExperimentId))
        {
            all.Add("both ExperimentId and ExperimentName are set, and one of them would be ignored");
        }

        if (address is null || all.Count > 0)
        {
            (settings, problems) = (null, string.Join("; ", all));
            return false;
        }

        // What the program says goes before what the variables say, of the name as well as of the id.
        string? id = isNamed ? null : Of(options.ExperimentId, "MLFLOW_EXPERIMENT_ID");
        (string? user, string? password) = UserOf(address);
        user = Of(options.Username, "MLFLOW_TRACKING_USERNAME") ?? user;
        password = Of(options.Password, "MLFLOW_TRACKING_PASSWORD") ?? password;
        string? token = Of(options.Token, "MLFLOW_TRACKING_TOKEN");
        settings = new MlflowSettings
        {
            Address = new UriBuilder(address) { UserName = "", Password = "" }.Uri,
            Authorization = user is not null ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
                : token is not null ? new("Bearer", token)
                : null,
            RunId = Of(options.RunId, "MLFLOW_RUN_ID"),
            ExperimentId = id ?? "0",
            ExperimentName = id is null ? Of(options.ExperimentName, "MLFLOW_EXPERIMENT_NAME") : null,
            RunName = Of(options.RunName, "MLFLOW_RUN_NAME"),
            Tags = options.Tags ?? new Dictionary<string, string>(),
            EndRun = options.EndRun,
            FlushInterval = options.FlushInterval,
            FlushMetrics = options.FlushMetrics,
            Attempts = options.Attempts,
            RequestTimeout = options.RequestTimeout,
            Clock = options.Clock,
        };
        problems = null;
        return true;
    }

    /// <summary>The base of an address of traces; null where it is none of MLflow's form.</summary>
    private static string? TracesBase(string? endpoint) =>
        endpoint?.TrimEnd('/') is { } text && text.EndsWith(Traces, StringComparison.Ordinal) ? text : null;

    private static Uri? AddressOf(string text, List<string> problems)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            // The text may have a password in it, and is not shown.
            problems.Add("the address of the tracking server is no http or https address, such as http://localhost:5000 (TrackingUri, MLFLOW_TRACKING_URI)");
            return null;
        }

        string path = uri.AbsolutePath.TrimEnd('/');
        path = path.EndsWith(Traces, StringComparison.Ordinal) ? path[..^Traces.Length] : path;
        return new UriBuilder(uri) { Path = path + "/", Query = "", Fragment = "" }.Uri;
    }

    private static (string? User, string? Password) UserOf(Uri address)
    {
        if (address.UserInfo.Length == 0)
        {
            return (null, null);
        }

        string[] parts = address.UserInfo.Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }
}
