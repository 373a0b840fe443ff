using System.Diagnostics;
using System.Text.Json;
using Metrana.Extensions.Logging;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Metrana.MLflow.Tests;

/// <summary>Traces go to MLflow too, beside the metrics and from the same events.</summary>
[Collection(SharedServer.Name)]
public class TraceTests(MlflowServer server)
{
    [Fact]
    [ParityRow("mlflow/traces-request", "/v1/traces", "x-mlflow-experiment-id")]
    public async Task A_request_goes_to_v1_traces_with_its_experiment()
    {
        await using ScriptedPeer peer = new();
        using ActivitySource source = new("TraceTests.request");
        using (TracerProvider tracing = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddMlflowExporter(options =>
        {
            options.TrackingUri = peer.Address + "/v1/traces";
            options.ExperimentId = "12";
            options.Token = "secret";
        }).Build())
        {
            source.StartActivity("update")!.Stop();
            tracing.ForceFlush().Should().BeTrue();
        }

        PeerRequest request = peer.Requests.Should().ContainSingle().Subject;
        request.Path.Should().Be("/v1/traces");
        request.Headers.Should().Contain("x-mlflow-experiment-id", "12").And.Contain("Content-Type", "application/x-protobuf")
            .And.Contain("Authorization", "Bearer secret").And.NotContainKey("x-mlflow-run-id");
    }

    [Fact]
    [ParityRow("mlflow/slow-traces", "128 spans", "30 s")]
    public async Task A_server_that_is_slow_with_traces_is_given_128_spans_at_once_and_30_s()
    {
        // A server that is given up in the middle has stored all spans the same.
        await using ScriptedPeer peer = new();
        MlflowOptions options = new() { TrackingUri = peer.Address, ExperimentId = "1" };
        OtlpExporterOptions exporter = new();
        MlflowTracerProviderBuilderExtensions.Configure(exporter, new MlflowTraceTarget(options));
        using (HttpClient http = exporter.HttpClientFactory())
        {
            (http.Timeout, exporter.TimeoutMilliseconds).Should().Be((TimeSpan.FromSeconds(30), 30_000), "that is 30 s");
        }

        TaskCompletionSource<PeerAnswer?> late = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peer.Script = _ => late.Task.GetAwaiter().GetResult();
        using ActivitySource source = new("TraceTests.slow");
        using TracerProvider tracing = Sdk.CreateTracerProviderBuilder().AddSource(source.Name)
            .AddMlflowExporter(given => (given.TrackingUri, given.ExperimentId) = (options.TrackingUri, options.ExperimentId)).Build();
        for (int i = 0; i < 300; i++)
        {
            source.StartActivity("update")!.Stop();
        }

        Task<bool> flush = Task.Run(() => tracing.ForceFlush());
        await Eventually.ShouldAsync(() => peer.Requests.Count == 1, "the first request is made");
        late.SetResult(null);
        (await flush).Should().BeTrue();

        // A flush ends when the last spans were taken, not when they were sent.
        await Eventually.ShouldAsync(() => peer.Requests.Sum(Spans) >= 300, "all spans are there");
        peer.Requests.Select(Spans).Should().OnlyContain(spans => spans <= 128, "a request holds 128 spans");
        peer.Requests.Sum(Spans).Should().Be(300, "none is sent twice because its answer was late");

        static int Spans(PeerRequest request) => request.Body.Split("update").Length - 1;
    }

    [Fact]
    public async Task Traces_belong_to_the_run_of_a_mirror_and_to_its_experiment()
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = new(new MlflowOptions { TrackingUri = peer.Address, ExperimentName = "walker", FlushInterval = default });
        MlflowTraceTarget target = new(mirror);
        target.Endpoint.ToString().Should().Be(peer.Address + "/v1/traces");
        using HttpRequestMessage before = new();
        await target.AddHeadersAsync(before.Headers);
        before.Headers.GetValues("x-mlflow-experiment-id").Should().Equal(["7"], "a name is looked up and created");
        before.Headers.Contains("x-mlflow-run-id").Should().BeFalse();

        await mirror.StartAsync(Records.Run, default);
        using HttpRequestMessage after = new();
        await target.AddHeadersAsync(after.Headers);
        after.Headers.GetValues("x-mlflow-run-id").Should().Equal(ScriptedPeer.RunId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Traces_of_a_given_run_go_to_the_experiment_that_it_is_in(bool withMirror)
    {
        await using ScriptedPeer peer = new();
        MlflowOptions options = new() { TrackingUri = peer.Address, RunId = "given", ExperimentId = "0" };
        await using MlflowMirror mirror = new(options);
        MlflowTraceTarget target = withMirror ? new MlflowTraceTarget(mirror) : new MlflowTraceTarget(options);
        for (int i = 0; i < 2; i++)
        {
            using HttpRequestMessage request = new();
            await target.AddHeadersAsync(request.Headers);
            request.Headers.GetValues("x-mlflow-experiment-id").Should().Equal("5");
            request.Headers.GetValues("x-mlflow-run-id").Should().Equal("given");
        }

        peer.Requests.Should().ContainSingle("it is asked once").Which.Path.Should().EndWith("runs/get?run_id=given");
    }

    [Fact]
    [ParityRow("mlflow/pipelines", "one", "failing", "other")]
    public async Task One_pipeline_failing_never_stops_the_other()
    {
        foreach (bool tracesFail in new[] { true, false })
        {
            await using ScriptedPeer peer = new();
            peer.Script = request => request.Path == "/v1/traces" == tracesFail ? PeerAnswer.Error(500, "INTERNAL_ERROR") : null;
            MlflowMirror mirror = new(new MlflowOptions { TrackingUri = peer.Address, Clock = new HastyClock(TimeSpan.FromSeconds(3)), FlushInterval = default });
            using ActivitySource source = new("TraceTests.both");
            using TracerProvider tracing = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddMlflowExporter(mirror: mirror).Build();
            using (Run run = Run.InMemory(mirrors: [mirror]))
            using (ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddMetrana(options => (options.Run, options.AddToActivity) = (run, true))))
            {
                using (source.StartActivity("update"))
                {
                    logging.CreateLogger("ppo").LogUpdate(new TrainerUpdate { Timesteps = 100, CriticLoss = 0.5 });
                }

                tracing.ForceFlush();
            }

            peer.Requests.Count(request => request.Path == "/v1/traces").Should().BeGreaterThan(0);
            mirror.Delivery.Metrics.Should().Be(tracesFail ? TelemetrySchema.Trainer.Keys.Count : 0);
        }
    }

    [MlflowFact]
    [ParityRow("mlflow/traces", "traces", "events")]
    public async Task A_real_server_has_the_traces_with_the_events_and_their_run()
    {
        MlflowMirror mirror = new(new MlflowOptions
        {
            TrackingUri = server.Address,
            ExperimentName = "traced",
            FlushInterval = default,
            RequestTimeout = TimeSpan.FromMinutes(1),
        });
        using ActivitySource source = new("TraceTests.real");
        using (Run run = Run.InMemory(mirrors: [mirror]))
        using (ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddMetrana(options => (options.Run, options.AddToActivity) = (run, true))))
        {
            await Eventually.ShouldAsync(() => mirror.RunId is not null, "the run is created");
            using TracerProvider tracing = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddMlflowExporter(mirror: mirror).Build();
            using (source.StartActivity("update"))
            {
                logging.CreateLogger("ppo").LogUpdate(new TrainerUpdate { Timesteps = 100, CriticLoss = 0.5 });
            }

            tracing.ForceFlush().Should().BeTrue();
        }

        JsonElement answer = await server.PostAsync(
            "api/3.0/mlflow/traces/search",
            $$$"""{"locations":[{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"{{{mirror.ExperimentId}}}"}}],"filter":"attributes.run_id = '{{{mirror.RunId}}}'","max_results":10}""");
        string id = answer.GetProperty("traces").EnumerateArray().Single().GetProperty("trace_id").GetString()!;
        JsonElement trace = await server.PathAsync($"api/3.0/mlflow/traces/get?trace_id={id}");
        trace.ToString().Should().Contain("critic_loss").And.Contain("\"train\"");
        (await server.HistoryAsync(mirror.RunId!, "trainer/critic_loss")).Should().ContainSingle(point => point.Step == 100 && point.Value == "0.5");
    }
}
