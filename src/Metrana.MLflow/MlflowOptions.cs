namespace Metrana.MLflow;

/// <summary>
/// The address of MLflow and the run to write to. Properties that are not set come from MLflow's own variables, or otherwise have
/// a default.
/// </summary>
public sealed class MlflowOptions
{
    /// <summary>
    /// The address of the tracking server. The address of its traces, <c>http://host:5000/v1/traces</c>, is also accepted;
    /// the address of the server is derived from it. Default: <c>http://localhost:5000</c>.
    /// Variables: MLFLOW_TRACKING_URI, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT.
    /// </summary>
    public string? TrackingUri { get; set; }

    /// <summary>The id of an existing run. If omitted, a run is created. Variable: MLFLOW_RUN_ID.</summary>
    public string? RunId { get; set; }

    /// <summary>The id of the experiment that a new run belongs to. Default: 0, which every server has. Variable: MLFLOW_EXPERIMENT_ID.</summary>
    public string? ExperimentId { get; set; }

    /// <summary>The name of the experiment, in place of its id. It is created if it is missing. Variable: MLFLOW_EXPERIMENT_NAME.</summary>
    public string? ExperimentName { get; set; }

    /// <summary>The name of a new run. Default: the name of the Metrana run. Variable: MLFLOW_RUN_NAME.</summary>
    public string? RunName { get; set; }

    /// <summary>Tags of a new run.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; set; }

    /// <summary>The token sent with requests; it is never displayed. Variable: MLFLOW_TRACKING_TOKEN.</summary>
    public string? Token { get; set; }

    /// <summary>The user, if the server requires one. Variable: MLFLOW_TRACKING_USERNAME.</summary>
    public string? Username { get; set; }

    /// <summary>The user's password; it is never displayed. Variable: MLFLOW_TRACKING_PASSWORD.</summary>
    public string? Password { get; set; }

    /// <summary>Whether the MLflow run is also marked as finished, failed or killed when the Metrana run ends. Default: yes.</summary>
    public bool EndRun { get; set; } = true;

    /// <summary>How long a few metrics may wait for further ones, to be sent in one request. Default: 1 s.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The number of waiting metrics that are sent at once. Default: 50.</summary>
    public int FlushMetrics { get; set; } = 50;

    /// <summary>The total number of attempts of a request when the server is unavailable, busy or broken. Default: 3.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>How long an attempt may take. Default: 3 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The clock for pauses and timeouts. Default: the system clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// Reads <c>--mlflow-run-id ID</c> or <c>--mlflow-run-id=ID</c> from the arguments of a program; it overrides all other settings.
    /// </summary>
    /// <param name="arguments">The arguments. Other arguments are ignored.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The name of the argument is not followed by an id.</exception>
    public MlflowOptions ReadArguments(IReadOnlyList<string> arguments)
    {
        const string Name = "--mlflow-run-id";
        ArgumentNullException.ThrowIfNull(arguments);
        for (int i = 0; i < arguments.Count; i++)
        {
            string? id = arguments[i] == Name ? (i + 1 < arguments.Count ? arguments[i + 1] : "")
                : arguments[i].StartsWith(Name + "=", StringComparison.Ordinal) ? arguments[i][(Name.Length + 1)..]
                : null;
            if (id is not null)
            {
                RunId = !string.IsNullOrWhiteSpace(id) && !id.StartsWith('-') ? id
                    : throw new ArgumentException($"{Name} has no id behind it: write {Name} and the id of a run of MLflow.", nameof(arguments));
            }
        }

        return this;
    }

    /// <summary>Returns the destination, without any secret.</summary>
    public override string ToString() => MlflowSettings.TryResolve(this, Environment.GetEnvironmentVariable, out MlflowSettings? settings, out _)
        ? settings.Address.ToString()
        : "MLflow";
}
