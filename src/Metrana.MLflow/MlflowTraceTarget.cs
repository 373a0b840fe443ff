using System.Net.Http.Headers;
using Metrana.MLflow.Api;

namespace Metrana.MLflow;

/// <summary>
/// Where traces of a program go in MLflow, for an exporter of traces: the address, and the headers of its requests.
/// <c>Metrana.MLflow.Traces</c> wires it to OpenTelemetry.
/// </summary>
public sealed class MlflowTraceTarget
{
    private readonly MlflowSettings _settings;
    private readonly MlflowMirror? _mirror;
    private string? _experimentId;

    /// <summary>Traces of an experiment.</summary>
    /// <param name="options">Where MLflow is, and which experiment.</param>
    /// <exception cref="ArgumentException">The options cannot work; all problems are in the message.</exception>
    public MlflowTraceTarget(MlflowOptions options) =>
        _settings = MlflowSettings.Resolve(options ?? throw new ArgumentNullException(nameof(options)), Environment.GetEnvironmentVariable);

    /// <summary>Traces of the run that a mirror writes to.</summary>
    /// <param name="mirror">The mirror.</param>
    public MlflowTraceTarget(MlflowMirror mirror)
    {
        ArgumentNullException.ThrowIfNull(mirror);
        _mirror = mirror;
        _settings = mirror.Settings;
    }

    /// <summary>The address of the traces, <c>http://host:5000/v1/traces</c>.</summary>
    public Uri Endpoint => new(_settings.Address, "v1/traces");

    /// <summary>Adds the experiment, the run where there is one, and the user or token.</summary>
    /// <param name="headers">The headers of a request to <see cref="Endpoint"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">The server has to be asked for the experiment of the run or of the name, and cannot be now.</exception>
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
