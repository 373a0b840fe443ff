using FluentAssertions;
using FluentAssertions.Execution;
using Metrana.Player.Results;
using Metrana.Player.Scripts;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.WireCapture;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Decode;
using Metrana.WireCapture.Script;
using Metrana.WireCapture.Vectors;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>
/// The calls of each golden vector, made on our logger, mean on the wire what they meant there. Compared by points: how they
/// are gathered into batches and messages is each engine's own affair.
/// </summary>
public sealed class GoldenVectorTests(GoldenVectorTests.Peer peer) : IClassFixture<GoldenVectorTests.Peer>
{
    /// <summary>What a vector has instead of a timestamp when its call gave none: the time of its capture.</summary>
    private const long WallClock = -1;

    private static readonly IReadOnlyList<VectorLine> _vectors =
        [.. VectorLine.ReadFile("std.engine-0.12.0.jsonl").Where(vector => !vector.PythonOnly)];

    public static TheoryData<string> Names => [.. _vectors.Select(vector => vector.Name)];

    [Fact]
    public void There_are_vectors() => _vectors.Should().HaveCount(25);

    [Theory]
    [MemberData(nameof(Names))]
    public void Calls_are_answered_as_there(string name)
    {
        var played = peer.Play(name);

        using var scope = new AssertionScope();
        played.Result.Init.Should().BeNull();
        played.Result.Close.Should().Be(CallResult.Ok);
        played.Result.Results.Select(Answer).Should().Equal(played.Vector.Results.Select(result =>
            result.ValueKind == System.Text.Json.JsonValueKind.String ? result.GetString() : result.GetProperty("raises").GetString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_run_is_opened_as_there(string name)
    {
        var played = peer.Play(name);
        var theirs = InitializeRunLoggingRequest.Parser.ParseFrom(
            played.Vector.Requests.Single(request => request.Rpc == "InitializeRunLogging").Bytes);
        theirs.Run.RunName = played.Run.Name;

        var ours = played.Run.Inits.Should().ContainSingle().Subject;

        // Ours always names a job, so that a handshake whose answer was lost meets its own run when it is repeated.
        ours.Request.Run.OrchestrationIdentifier.Should().NotBeEmpty();
        if (!theirs.Run.HasOrchestrationIdentifier)
        {
            theirs.Run.OrchestrationIdentifier = ours.Request.Run.OrchestrationIdentifier;
        }

        ours.Request.Should().Be(theirs);
        ours.Headers["authorization"].Should().Be("Bearer the key");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Points_are_the_same_in_every_bit(string name)
    {
        var played = peer.Play(name);
        var theirs = RunDecoder.Decode([played.Vector.UpdateMessages()]);
        var ours = played.Run.Decode();

        ours.Closed.Should().BeTrue();
        ours.Duplicates.Should().Be(0);
        ours.Points.Keys.Should().BeEquivalentTo(theirs.Points.Keys);
        foreach (var (series, points) in theirs.Points)
        {
            ours.Points[series].Select(point => played.WithoutWallClock(point))
                .Should().Equal(points.Select(point => played.Stamped ? point : point with { TimestampMillis = WallClock }));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Series_are_declared_as_there(string name)
    {
        var played = peer.Play(name);
        var theirs = RunDecoder.Decode([played.Vector.UpdateMessages()]);

        // A seed whose labels cannot be read is a series without labels there, and so declared twice.
        played.Run.Decode().Declarations.Values.Distinct().Should().Equal(theirs.Declarations.Values.Distinct());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Messages_carry_the_session_in_order(string name)
    {
        var played = peer.Play(name);
        var stream = played.Run.Streams.Should().ContainSingle().Subject;
        var loggerId = played.Run.Inits[0].Request.LoggerId;

        stream.HalfClosed.Should().BeTrue();
        stream.Messages[0].Message.Should().Be(new UpdateRunRequest { RunId = played.Run.RunId, LoggerId = loggerId });
        stream.Messages.Select(message => message.Message).Should()
            .OnlyContain(message => message.RunId == played.Run.RunId && message.LoggerId == loggerId);
        var declarations = stream.Messages.Where(message => message.Role == MessageRole.Declarations).Select(message => message.Message);
        declarations.Should().NotContain(message => message.SequenceNumber != 0 || message.LoggerSessionId != 0);

        UpdateRunRequest[] data = [.. stream.Messages.Where(message => message.Role == MessageRole.Data).Select(message => message.Message)];
        data.Should().NotBeEmpty();
        data.Select(message => message.SequenceNumber).Should().Equal(Enumerable.Range(1, data.Length).Select(k => 256UL * (ulong)k));
        data.Select(message => message.LoggerSessionId).Distinct().Should().ContainSingle().Which.Should().NotBe(0);
        data[..^1].Should().NotContain(message => message.CloseRun != null);
        data[^1].CloseRun.Should().NotBeNull();
    }

    private static string? Answer(CallResult result) => result is RaisedResult raised ? raised.PublishedName : "ok";

    /// <summary>A vector and what came of playing it.</summary>
    public sealed record Played(VectorLine Vector, ScriptResult Result, CapturedRun Run, long Began, long Ended)
    {
        /// <summary>Whether its calls gave timestamps.</summary>
        public bool Stamped { get; } = ScriptReader.ReadLine(Vector.Json).Calls.All(
            call => call.Kwargs.Entries.Any(argument => argument.Key is "timestamp_millis" or "timestamps_millis"));

        /// <summary>The point, its time replaced where it is the wall clock's and lies within the play.</summary>
        public DecodedPoint WithoutWallClock(DecodedPoint point) =>
            !Stamped && point.TimestampMillis >= Began && point.TimestampMillis <= Ended
                ? point with { TimestampMillis = GoldenVectorTests.WallClock }
                : point;
    }

    /// <summary>Plays each vector once, for all the tests of it.</summary>
    public sealed class Peer : IAsyncLifetime
    {
        private readonly Dictionary<string, Played> _played = new(StringComparer.Ordinal);
        private CaptureServer _server = null!;

        public async Task InitializeAsync() => _server = await CaptureServer.StartAsync();

        public async Task DisposeAsync() => await _server.DisposeAsync();

        public Played Play(string name)
        {
            if (!_played.TryGetValue(name, out var played))
            {
                _played[name] = played = Play(_vectors.Single(vector => vector.Name == name));
            }

            return played;
        }

        private Played Play(VectorLine vector)
        {
            var run = _server.Play(vector.Name, new RunScript
            {
                Init = vector.InitResponse is { } answer ? InitAnswer.FromVector(answer) : new InitAnswer(),
            });
            var began = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var result = new ScriptPlayer(new PlayerOptions(_server.Endpoint, "the key")).Play(ScriptReader.ReadLine(vector.Json));
            return new Played(vector, result, run, began, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        }
    }
}
