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
    public void What_is_lost_is_counted_by_its_kind()
    {
        var result = Play(new RunScript
        {
            OnMessage = message => message.Role == MessageRole.Hello ? Reply.Ack : Reply.Status(GrpcCode.PermissionDenied),
        });

        // The refusal may come before the last calls: those find a logger that has stopped, and are in no counter.
        result.Close.Should().BeOfType<RaisedResult>().Which.PublishedName.Should().Be("ClosingError");
        Counters(result, "float_points").Should().Be((1L, 1L, 0L, 1L));
        foreach (var (kind, count) in _counts)
        {
            Counters(result, kind).Should().BeOneOf((count, count, 0L, count), (0L, 0L, 0L, 0L));
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
