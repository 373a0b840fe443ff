using System.Net.Http.Headers;
using Metrana.MLflow.Api;

namespace Metrana.MLflow;

/// <summary>
/// The destination in MLflow for an exporter of traces: the address, and the headers of its requests.
/// <c>Metrana.MLflow.Traces</c> connects it to OpenTelemetry.
/// </summary>
public sealed class MlflowTraceTarget
{
    private readonly MlflowSettings _settings;
    private readonly MlflowMirror? _mirror;
    private string? _experimentId;

    /// <summary>Creates a target for the traces of an experiment.</summary>
    /// <param name="options">The address of MLflow, and the experiment.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists all problems.</exception>
    public MlflowTraceTarget(MlflowOptions options) =>
        _settings = MlflowSettings.Resolve(options ?? throw new ArgumentNullException(nameof(options)), Environment.GetEnvironmentVariable);

    /// <summary>Creates a target for the traces of the run that a mirror writes to.</summary>
    /// <param name="mirror">The mirror.</param>
    public MlflowTraceTarget(MlflowMirror mirror)
    {
        ArgumentNullException.ThrowIfNull(mirror);
        _mirror = mirror;
        _settings = mirror.Settings;
    }

    /// <summary>The address of the traces, <c>http://host:5000/v1/traces</c>.</summary>
    public Uri Endpoint => new(_settings.Address, "v1/traces");

    /// <summary>Adds the headers for the experiment, for the run if there is one, and for the user or token.</summary>
    /// <param name="headers">The headers of a request to <see cref="Endpoint"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="HttpRequestException">
    /// The experiment of the run or of the name must be looked up on the server, which cannot be reached now.
    /// </exception>
    public async Task AddHeadersAsync(HttpRequestHeaders headers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(headers);
        headers.Add("x-mlflow-experiment-id", await ExperimentAsync(cancellationToken).ConfigureAwait(false));
        if ((_mirror?.RunId ?? _settings.RunId) is { } run)
        {
            headers.Add("x-mlflow-run-id", run);
        }

        headers.Authorization = _settings.Authorization;
    }

    private async Task<string> ExperimentAsync(CancellationToken cancellationToken)
    {
        if ((_mirror?.ExperimentId ?? _experimentId) is { } known)
        {
            return known;
        }

        if (_settings is { RunId: null, ExperimentName: null })
        {
            return _settings.ExperimentId;
        }

        try
        {
            using MlflowClient client = new(new MlflowHttp(_settings));

            // The experiment of an existing run is where that run is, whatever the settings say.
            return _experimentId = _settings.RunId is { } run
                ? await client.ExperimentOfAsync(run, cancellationToken).ConfigureAwait(false)
                : await client.FindOrCreateExperimentAsync(_settings.ExperimentName!, cancellationToken).ConfigureAwait(false);
        }
        catch (MlflowException e)
        {
            throw new HttpRequestException(e.Message, e, e.StatusCode);
        }
    }
}
