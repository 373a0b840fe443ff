using FluentAssertions;
using Metrana.Player.Results;
using Metrana.Player.Scripts;
using Metrana.WireCapture;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Grpc;
using Metrana.WireCapture.Script;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>The counters of each kind, by their published names.</summary>
public sealed class CounterTests : IAsyncLifetime
{
    /// <summary>Each kind with a number of its own.</summary>
    private static readonly string[] _calls =
    [
        """{"method":"log_std_floats","args":["m","S",1.0],"kwargs":{}}""",
        """{"method":"log_rl_floats","args":["m","S",0,["a"],[1,2]],"kwargs":{}}""",
        """{"method":"log_histograms","args":["h","S",[{"tuple":[[1],[0,1]]},{"tuple":[[1],[0,1]]},{"tuple":[[1],[0,1]]}]],"kwargs":{"steps":[1,2,3]}}""",
        """{"method":"log_scatters","args":["s","S",[{"tuple":[[1],[1]]},{"tuple":[[],[]]},{"tuple":[[],[]]},{"tuple":[[],[]]}]],"kwargs":{"steps":[1,2,3,4]}}""",
        """{"method":"log_config","args":[[1,2,3,4,5]],"kwargs":{}}""",
        """{"method":"log_env_attributes","args":["e",[1,2,3,4,5,6]],"kwargs":{}}""",
    ];

    private static readonly Dictionary<string, long> _counts = new()
    {
        ["float_points"] = 1,
        ["rl_float_points"] = 2,
        ["histogram_points"] = 3,
        ["scatter_points"] = 4,
        ["attribute_updates"] = 5,
        ["env_attribute_updates"] = 6,
    };

    private CaptureServer _server = null!;

    public async Task InitializeAsync() => _server = await CaptureServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    [ParityRow("counter/float_points_added", "float_points", "added")]
    [ParityRow("counter/float_points_enqueued", "float_points", "enqueued")]
    [ParityRow("counter/float_points_sent", "float_points", "sent")]
    [ParityRow("counter/rl_float_points_added", "rl_float_points", "added")]
    [ParityRow("counter/rl_float_points_enqueued", "rl_float_points", "enqueued")]
    [ParityRow("counter/rl_float_points_sent", "rl_float_points", "sent")]
    [ParityRow("counter/histogram_points_added", "histogram_points", "added")]
    [ParityRow("counter/histogram_points_enqueued", "histogram_points", "enqueued")]
    [ParityRow("counter/histogram_points_sent", "histogram_points", "sent")]
    [ParityRow("counter/scatter_points_added", "scatter_points", "added")]
    [ParityRow("counter/scatter_points_enqueued", "scatter_points", "enqueued")]
    [ParityRow("counter/scatter_points_sent", "scatter_points", "sent")]
    [ParityRow("counter/attribute_updates_added", "attribute_updates", "added")]
    [ParityRow("counter/attribute_updates_enqueued", "attribute_updates", "enqueued")]
    [ParityRow("counter/attribute_updates_sent", "attribute_updates", "sent")]
    [ParityRow("counter/env_attribute_updates_added", "env_attribute_updates", "added")]
    [ParityRow("counter/env_attribute_updates_enqueued", "env_attribute_updates", "enqueued")]
    [ParityRow("counter/env_attribute_updates_sent", "env_attribute_updates", "sent")]
    public void Every_kind_is_counted()
    {
        var result = Play(new RunScript());

        result.Results.Should().AllBeEquivalentTo(CallResult.Ok);
        result.Close.Should().Be(CallResult.Ok);
        foreach (var (kind, count) in _counts)
        {
            Counters(result, kind).Should().Be((count, count, count, 0L), kind);
        }
    }

    [Fact]
    [ParityRow("counter/rl_float_points_dropped", "rl_float_points", "dropped")]
    [ParityRow("counter/histogram_points_dropped", "histogram_points", "dropped")]
    [ParityRow("counter/scatter_points_dropped", "scatter_points", "dropped")]
    [ParityRow("counter/attribute_updates_dropped", "attribute_updates", "dropped")]
    [ParityRow("counter/env_attribute_updates_dropped", "env_attribute_updates", "dropped")]
    public void What_is_lost_is_counted_by_its_kind()
    {
        // The end of the run comes after everything that was logged, and until then nothing of it is acknowledged.
        var result = Play(new RunScript
        {
            OnMessage = message => message switch
            {
                { Role: MessageRole.Hello } => Reply.Ack,
                { Message.Message.CloseRun: not null } => Reply.Status(GrpcCode.PermissionDenied),
                _ => Reply.Nothing,
            },
        });

        result.Results.Should().AllBeEquivalentTo(CallResult.Ok);
        result.Close.Should().BeOfType<RaisedResult>().Which.PublishedName.Should().Be("ClosingError");
        foreach (var (kind, count) in _counts)
        {
            Counters(result, kind).Should().Be((count, count, 0L, count), kind);
        }
    }

    private static (long Added, long Enqueued, long Sent, long Dropped) Counters(ScriptResult result, string kind) => (
        result.Counters[$"{kind}_added"],
        result.Counters[$"{kind}_enqueued"],
        result.Counters[$"{kind}_sent"],
        result.Counters[$"{kind}_dropped"]);

    private ScriptResult Play(RunScript script)
    {
        _server.Play("run", script);
        return new ScriptPlayer(new PlayerOptions(_server.Endpoint, "any")).Play(
            ScriptReader.ReadLine($$"""{"name":"run","config":{},"calls":[{{string.Join(',', _calls)}}]}"""));
    }
}
