using Metrana.MLflow;
using Metrana.MLflow.Traces;
using OpenTelemetry.Exporter;

namespace OpenTelemetry.Trace;

/// <summary>Extension methods that send traces to MLflow.</summary>
public static class MlflowTracerProviderBuilderExtensions
{
    /// <summary>A server takes seconds for a hundred small traces, and one that is given up in the middle has stored them all the same.</summary>
    private const int TimeoutMilliseconds = 30_000;

    private const int LargestBatch = 128;

    /// <summary>
    /// Sends traces to an MLflow tracking server: OTLP over HTTP to <c>/v1/traces</c>, with the experiment that they belong to.
    /// </summary>
    /// <param name="builder">The tracing builder.</param>
    /// <param name="configure">Configures the address of MLflow and the experiment; if omitted, MLflow's own variables are used.</param>
    /// <param name="mirror">
    /// The mirror that writes the metrics. The traces then belong to its experiment, and to its run once it exists.
    /// </param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists all problems.</exception>
    public static TracerProviderBuilder AddMlflowExporter(
        this TracerProviderBuilder builder, Action<MlflowOptions>? configure = null, MlflowMirror? mirror = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        MlflowOptions options = new();
        configure?.Invoke(options);
        MlflowTraceTarget target = mirror is null ? new MlflowTraceTarget(options) : new MlflowTraceTarget(mirror);
        return builder.AddOtlpExporter(exporter => Configure(exporter, target));
    }

    /// <summary>Has an exporter send to MLflow what MLflow can take.</summary>
    internal static void Configure(OtlpExporterOptions exporter, MlflowTraceTarget target)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = target.Endpoint;
        exporter.TimeoutMilliseconds = TimeoutMilliseconds;
        exporter.BatchExportProcessorOptions.MaxExportBatchSize = LargestBatch;
        exporter.HttpClientFactory = () => new HttpClient(new MlflowTraceHandler(target))
        {
            Timeout = TimeSpan.FromMilliseconds(TimeoutMilliseconds),
        };
    }
}
