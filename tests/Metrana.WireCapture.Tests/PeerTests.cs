using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using Metrana.Native;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Grpc;
using Metrana.WireCapture.Script;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Metrana.WireCapture.Tests;

/// <summary>What the peer can be scripted to do, seen by what the real logger makes of it.</summary>
public sealed class PeerTests : IAsyncLifetime
{
    private CaptureServer _peer = null!;

    public async Task InitializeAsync() => _peer = await CaptureServer.StartAsync();

    public async Task DisposeAsync() => await _peer.DisposeAsync();

    [Fact]
    public void Runs_are_told_apart()
    {
        Parallel.For(0, 8, i =>
        {
            using var logger = Open($"run-{i}");
            logger.LogStdFloats("index", Scale.MlStep, i);
            logger.Close();
        });

        _peer.Runs.Should().HaveCount(8);
        _peer.Runs.Select(run => run.RunId).Should().OnlyHaveUniqueItems();
        foreach (var run in _peer.Runs)
        {
            run.Decode().Points.Values.Single().Should().ContainSingle().Which.Value.Should().Be(int.Parse(run.Name[4..], CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void A_status_at_the_init_is_tried_again()
    {
        var run = _peer.Play("run", new RunScript
        {
            OnInit = attempt => attempt < 2 ? Reply.Status(GrpcCode.Unavailable, "not yet; 100% sure") : Reply.Ack,
        });

        Open("run").Dispose();

        run.Inits.Should().HaveCount(3);
    }

    [Fact]
    public void A_refusal_at_the_init_is_told_with_its_text()
    {
        _peer.Play("run", new RunScript { OnInit = _ => Reply.Status(GrpcCode.PermissionDenied, "not you; 100% sure, señor") });

        var open = () => Open("run");

        open.Should().Throw<LoggerInitException>().WithMessage("*not you; 100% sure, señor*")
            .Which.GrpcStatus.Should().Be((int)GrpcCode.PermissionDenied);
    }

    public static TheoryData<string> Breaks => ["status", "stream", "connection"];

    [Theory]
    [MemberData(nameof(Breaks))]
    [ParityRow("delivery/sequence-numbers", "session", "over all streams")]
    [ParityRow("delivery/break", "hello", "declarations", "the same bytes")]
    public void After_a_break_the_same_bytes_come_again(string how)
    {
        var broken = how switch
        {
            "status" => Reply.Status(GrpcCode.Unavailable),
            "stream" => Reply.ResetStream,
            _ => Reply.Disconnect,
        };
        var run = _peer.Play("run", new RunScript
        {
            OnMessage = message => message is { Role: MessageRole.Data, DataIndex: 0 } ? broken : Reply.Ack,
        });

        using (var logger = Open("run"))
        {
            logger.LogStdFloats("loss", Scale.MlStep, [1.0, 2.0, 3.0]);
            logger.Flush(TimeSpan.FromSeconds(30));
            logger.Close();
        }

        run.Streams.Should().HaveCount(2);
        CapturedMessage[] data = [.. run.Messages.Where(message => message.Role == MessageRole.Data)];
        data[1].Bytes.Should().Equal(data[0].Bytes);
        data.Select(message => message.Message.LoggerSessionId).Distinct().Should().ContainSingle("a session goes over all streams");
        run.Streams[1].Messages.Take(2).Select(message => message.Role).Should().Equal(MessageRole.Hello, MessageRole.Declarations);
        var decoded = run.Decode();
        decoded.Duplicates.Should().Be(1);
        decoded.Points.Values.Single().Select(point => point.Value).Should().Equal(1, 2, 3);
    }

    [Fact]
    [ParityRow("option/max_msg_size", "MaxMsgSize")]
    [ParityRow("option/max_pending_requests", "MaxPendingRequests")]
    public async Task Messages_are_recorded_while_their_acks_are_held_back()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = _peer.Play("run", new RunScript
        {
            OnMessage = message => message.Role == MessageRole.Hello ? Reply.Ack : Reply.Ack.After(gate.Task),
        });

        using var logger = Open("run", config =>
        {
            config.MaxMsgSize = 1000;
            config.MaxPendingRequests = 5;
        });
        for (var i = 0; i < 20; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, new double[100]);
        }

        await run.WaitUntilAsync(captured => captured.Messages.Count == 1 + 5);
        logger.GetMetrics().FloatPoints.Sent.Should().Be(0);
        gate.SetResult();
        logger.Flush(TimeSpan.FromSeconds(30));

        logger.GetMetrics().FloatPoints.Sent.Should().Be(2000);
        run.Messages.Should().OnlyContain(message => message.Bytes.Length <= 1000);
    }

    [Fact]
    public void More_acks_than_requests_do_not_break_the_stream()
    {
        var run = _peer.Play("run", new RunScript
        {
            OnMessage = message => message.Role == MessageRole.Data ? Reply.AckTimes(3) : Reply.Ack,
        });

        using var logger = Open("run");
        for (var i = 0; i < 5; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, i);
            logger.Flush(TimeSpan.FromSeconds(30));
        }

        logger.Close();

        // What a surplus ack meets in flight it acknowledges, for acks have no names; so the peer may miss the last messages.
        run.Streams.Should().ContainSingle();
        var metrics = logger.GetMetrics();
        metrics.FloatPoints.Sent.Should().Be(5);
        metrics.SendErrors.Should().Be(0);
    }

    [Fact]
    [ParityRow("delivery/hello", "hello", "acknowledged")]
    [ParityRow("delivery/unacknowledged-hello", "hello that is never acked does not hold up a close")]
    public void A_hello_that_is_never_acked_does_not_hold_up_a_close_for_ever()
    {
        var run = _peer.Play("run", new RunScript { OnMessage = _ => Reply.Nothing });
        using var logger = Open("run");
        logger.LogStdFloats("loss", Scale.MlStep, 1.0);

        var since = Stopwatch.StartNew();

        var close = () => logger.Close(TimeSpan.FromMilliseconds(300));

        close.Should().Throw<ClosingException>();
        since.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
        run.Messages.Should().ContainSingle("nothing follows a hello that is not acknowledged").Which.Role.Should().Be(MessageRole.Hello);
    }

    [Fact]
    public async Task Waiting_for_what_does_not_come_ends()
    {
        var wait = () => _peer.Run("nobody").WaitUntilAsync(run => run.Inits.Count > 0, TimeSpan.FromMilliseconds(50));

        await wait.Should().ThrowAsync<TimeoutException>().WithMessage("*'nobody'*0 inits*");
    }

    private Logger Open(string run, Action<LoggerConfig>? more = null)
    {
        var config = new LoggerConfig
        {
            ApiKey = "any",
            Endpoint = _peer.Endpoint,
            Workspace = "ws",
            Project = "proj",
            RunName = run,
            LogLevel = LogLevel.None,
        };
        more?.Invoke(config);
        return new Logger(config);
    }
}
