namespace Metrana.MLflow;

/// <summary>
/// Where MLflow is and which of its runs is written to. Properties that are not set come from MLflow's own variables, and without those from
/// a default.
/// </summary>
public sealed class MlflowOptions
{
    /// <summary>
    /// The address of the tracking server. The address of its traces, <c>http://host:5000/v1/traces</c>, will do: the rest is
    /// derived from it. Default: <c>http://localhost:5000</c>. Variables: MLFLOW_TRACKING_URI, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT.
    /// </summary>
    public string? TrackingUri { get; set; }

    /// <summary>The id of an existing run. If omitted, one is created. Variable: MLFLOW_RUN_ID.</summary>
    public string? RunId { get; set; }

    /// <summary>The id of the experiment that a new run belongs to. Default: 0, which every server has. Variable: MLFLOW_EXPERIMENT_ID.</summary>
    public string? ExperimentId { get; set; }

    /// <summary>The name of the experiment, in place of its id. It is created if it is missing. Variable: MLFLOW_EXPERIMENT_NAME.</summary>
    public string? ExperimentName { get; set; }

    /// <summary>The name of a new run. Default: that of the Metrana run. Variable: MLFLOW_RUN_NAME.</summary>
    public string? RunName { get; set; }

    /// <summary>Tags of a new run.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; set; }

    /// <summary>A token that requests carry; it is never shown. Variable: MLFLOW_TRACKING_TOKEN.</summary>
    public string? Token { get; set; }

    /// <summary>A user, where the server asks for one. Variable: MLFLOW_TRACKING_USERNAME.</summary>
    public string? Username { get; set; }

    /// <summary>The user's password; it is never shown. Variable: MLFLOW_TRACKING_PASSWORD.</summary>
    public string? Password { get; set; }

    /// <summary>Whether the run is finished, failed or killed in MLflow too when the Metrana run ends. Default: yes.</summary>
    public bool EndRun { get; set; } = true;

    /// <summary>How long a few metrics may wait for more of them, so that not each one is a request. Default: 1 s.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The number of metrics that wait for no more of them. Default: 50.</summary>
    public int FlushMetrics { get; set; } = 50;

    /// <summary>How often a request is tried in all when the server is away, busy or broken. Default: 3.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>How long a try may take. Default: 3 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The clock of pauses and timeouts. Default: the system.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// Takes <c>--mlflow-run-id ID</c> and <c>--mlflow-run-id=ID</c> from the arguments of a program; they override everything else.
    /// </summary>
    /// <param name="arguments">The arguments. Others are passed over.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The id is missing behind the name.</exception>
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

    /// <summary>Where it goes. No secret is in it.</summary>
    public override string ToString() => MlflowSettings.TryResolve(this, Environment.GetEnvironmentVariable, out MlflowSettings? settings, out _)
        ? settings.Address.ToString()
        : "MLflow";
}
