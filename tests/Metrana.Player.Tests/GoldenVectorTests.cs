using System.Text.Json;
using FluentAssertions;
using FluentAssertions.Execution;
using Metrana.Player.Results;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Vectors;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>
/// The calls of each golden vector, made on our logger, mean on the wire what they meant there. Compared by points: how they
/// are gathered into batches and messages is each engine's own affair.
/// </summary>
public sealed class GoldenVectorTests(GoldenPeer peer) : IClassFixture<GoldenPeer>
{
    /// <summary>Engine 0.12.0 is the reference: where 0.0.4 had another rule, its vector is left out.</summary>
    private static readonly HashSet<string> _otherRules =
    [
        "std/resume_seeded",
        "rl/multi_env_2d_episodes_scalar",
        "rl/multi_env_2d_steps_scalar",
        "attributes/nan_value",
    ];

    private static readonly IReadOnlyList<VectorLine> _all = [.. VectorLine.Files().SelectMany(VectorLine.ReadFile)];

    private static readonly IReadOnlyList<VectorLine> _vectors =
        [.. _all.Where(vector => !vector.PythonOnly && !(IsOld(vector) && _otherRules.Contains(vector.Name)))];

    public static TheoryData<string, string> Vectors
    {
        get
        {
            var vectors = new TheoryData<string, string>();
            foreach (var vector in _vectors)
            {
                vectors.Add(vector.File, vector.Name);
            }

            return vectors;
        }
    }

    [Fact]
    public void Every_vector_is_there() => _vectors.GroupBy(vector => vector.File).ToDictionary(file => file.Key, file => file.Count())
        .Should().Equal(new Dictionary<string, int>
        {
            ["attributes.engine-0.0.4.jsonl"] = 24,
            ["attributes.engine-0.12.0.jsonl"] = 25,
            ["distributed.engine-0.0.4.jsonl"] = 4,
            ["distributed.engine-0.12.0.jsonl"] = 4,
            ["histogram.engine-0.12.0.jsonl"] = 6,
            ["rl.engine-0.0.4.jsonl"] = 23,
            ["rl.engine-0.12.0.jsonl"] = 29,
            ["scatter.engine-0.12.0.jsonl"] = 4,
            ["std.engine-0.0.4.jsonl"] = 19,
            ["std.engine-0.12.0.jsonl"] = 25,
        });

    [Fact]
    public void What_is_left_out_was_answered_otherwise_by_the_newer_engine()
    {
        var old = _all.Where(vector => IsOld(vector) && _otherRules.Contains(vector.Name)).ToList();

        old.Should().HaveCount(_otherRules.Count);
        old.Should().OnlyContain(vector => !Answers(vector).SequenceEqual(
            Answers(_all.Single(other => !IsOld(other) && other.Name == vector.Name))));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Calls_are_answered_as_there(string file, string name)
    {
        var played = peer.Play(file, name);

        using var scope = new AssertionScope();
        played.Result.Init.Should().BeNull();
        played.Result.Close.Should().Be(CallResult.Ok);
        played.Result.Results.Select(result => result is RaisedResult raised ? raised.PublishedName : "ok").Should()
            .Equal(Answers(played.Vector), string.Join(' ', played.Result.Results));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    [ParityRow("call/Logger", "config", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("option/project", "project", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("option/organization", "organization", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("option/experiment", "experiment", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("option/parent_run_name", "parent_run_name", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("option/fork_step", "fork_step", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("option/orchestration_id", "orchestration_id", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("option/create_project_if_missing", "create_project_if_missing", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("option/logger_id", "logger_id", Vectors = "std.engine-0.12.0.jsonl")]
    public void The_run_is_opened_as_there(string file, string name)
    {
        var played = peer.Play(file, name);
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
    [MemberData(nameof(Vectors))]
    [ParityRow("call/log_std_floats", "log_std_floats", "first_step", "timestamp_millis", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("call/log_distributed_floats", "log_distributed_floats", Vectors = "distributed.engine-0.12.0.jsonl")]
    [ParityRow("call/log_rl_floats-one-environment", "log_rl_floats", "episode", Vectors = "rl.engine-0.0.4.jsonl")]
    [ParityRow("call/log_rl_floats", "log_rl_floats", "episodes", "timestamps_millis", Vectors = "rl.engine-0.12.0.jsonl")]
    [ParityRow("call/log_rl_floats-strategies", "steps_across_rl_steps", "auto_start_from_one", Vectors = "rl.engine-0.12.0.jsonl")]
    [ParityRow("point/steps-left-out", "std/first_step_then_auto", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("point/resumed-series", "std/resume_seeded", Vectors = "std.engine-0.12.0.jsonl")]
    [ParityRow("rl/automatic-steps", "rl/two_calls_same_rl_step_auto", Vectors = "rl.engine-0.12.0.jsonl")]
    public void Points_are_the_same_in_every_bit(string file, string name)
    {
        var played = peer.Play(file, name);
        var (ours, theirs) = (played.Ours, played.Theirs);

        ours.Closed.Should().BeTrue();
        ours.Duplicates.Should().Be(0);
        ours.Points.Keys.Should().BeEquivalentTo(theirs.Points.Keys);
        foreach (var (series, points) in theirs.Points)
        {
            ours.Points[series].Select(played.OfOurs).Should().Equal(points.Select(played.OfTheirs));
        }

        ours.RlPoints.Keys.Should().BeEquivalentTo(theirs.RlPoints.Keys);
        foreach (var (series, points) in theirs.RlPoints)
        {
            ours.RlPoints[series].Select(point => point with { Point = played.OfOurs(point.Point) })
                .Should().Equal(points.Select(point => point with { Point = played.OfTheirs(point.Point) }));
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    [ParityRow("call/log_histograms", "log_histograms", "stats", Vectors = "histogram.engine-0.12.0.jsonl")]
    [ParityRow("call/log_scatters", "log_scatters", "x_title", Vectors = "scatter.engine-0.12.0.jsonl")]
    public void Histograms_and_scatters_are_the_same_in_every_bit(string file, string name)
    {
        var played = peer.Play(file, name);
        var (ours, theirs) = (played.Ours, played.Theirs);

        ours.Histograms.Keys.Should().BeEquivalentTo(theirs.Histograms.Keys);
        foreach (var (series, points) in theirs.Histograms)
        {
            ours.Histograms[series].Select(played.OfOurs).Should().Equal(points.Select(played.OfTheirs));
        }

        ours.Scatters.Keys.Should().BeEquivalentTo(theirs.Scatters.Keys);
        foreach (var (series, scatters) in theirs.Scatters)
        {
            ours.Scatters[series].Is3D.Should().Be(scatters.Is3D);
            ours.Scatters[series].Points.Should().Equal(scatters.Points);
            ours.Scatters[series].Titles.Should().Equal(scatters.Titles);
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    [ParityRow("call/log_config", "log_config", Vectors = "attributes.engine-0.12.0.jsonl")]
    [ParityRow("call/log_attributes", "log_attributes", Vectors = "attributes.engine-0.12.0.jsonl")]
    [ParityRow("call/log_env_attributes", "log_env_attributes", Vectors = "attributes.engine-0.12.0.jsonl")]
    public void Attributes_are_the_same_and_in_their_order(string file, string name)
    {
        var played = peer.Play(file, name);

        played.Ours.Attributes.Should().Equal(played.Theirs.Attributes);
        played.Ours.EnvironmentAttributes.Should().Equal(played.Theirs.EnvironmentAttributes);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    [ParityRow("delivery/declarations", "series are declared")]
    public void Series_are_declared_as_there(string file, string name)
    {
        var played = peer.Play(file, name);

        // A seed whose labels cannot be read is a series without labels there, and so declared twice.
        played.Ours.Declarations.Values.Distinct().Should().Equal(played.Theirs.Declarations.Values.Distinct());
        played.Ours.Declarations.Keys.Should().Equal(Enumerable.Range(1, played.Ours.Declarations.Count).Select(id => (ulong)id));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    [ParityRow("delivery/hello", "hello stands alone")]
    [ParityRow("delivery/sequence-numbers", "256", "session")]
    public void Messages_carry_the_session_in_order(string file, string name)
    {
        var played = peer.Play(file, name);
        var stream = played.Run.Streams.Should().ContainSingle().Subject;
        var loggerId = played.Run.Inits[0].Request.LoggerId;

        stream.HalfClosed.Should().BeTrue();
        stream.Messages[0].Message.Should().Be(
            new UpdateRunRequest { RunId = played.Run.RunId, LoggerId = loggerId }, "the hello stands alone");
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

    private static bool IsOld(VectorLine vector) => vector.File.EndsWith("engine-0.0.4.jsonl", StringComparison.Ordinal);

    private static IEnumerable<string?> Answers(VectorLine vector) => vector.Results.Select(result =>
        result.ValueKind == JsonValueKind.String ? result.GetString() : result.GetProperty("raises").GetString());
}
