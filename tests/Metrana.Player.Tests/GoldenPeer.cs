using Metrana.Player.Results;
using Metrana.Player.Scripts;
using Metrana.Protobuf.Ingestion.V1.Types;
using Metrana.WireCapture;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Decode;
using Metrana.WireCapture.Script;
using Metrana.WireCapture.Vectors;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>Plays golden vectors on our logger, each once for all the tests of it.</summary>
public sealed class GoldenPeer : IAsyncLifetime
{
    private readonly Dictionary<(string File, string Name), PlayedVector> _played = [];
    private CaptureServer _server = null!;

    public async Task InitializeAsync() => _server = await CaptureServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>What came of playing a vector.</summary>
    public PlayedVector Play(string file, string name)
    {
        if (!_played.TryGetValue((file, name), out var played))
        {
            _played[(file, name)] = played = Play(VectorLine.ReadFile(file).Single(vector => vector.Name == name));
        }

        return played;
    }

    private PlayedVector Play(VectorLine vector)
    {
        var script = ScriptReader.ReadLine(vector.Json) with { Name = $"{vector.File}/{vector.Name}" };
        var run = _server.Play(script.Name, new RunScript
        {
            Init = vector.InitResponse is { } answer ? InitAnswer.FromVector(answer) : new InitAnswer(),
        });
        var began = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var result = new ScriptPlayer(new PlayerOptions(_server.Endpoint, "the key")).Play(script);
        return new PlayedVector(vector, script, result, run, began, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }
}

/// <summary>A vector and what came of playing it.</summary>
public sealed record PlayedVector(
    VectorLine Vector, Script Script, ScriptResult Result, CapturedRun Run, long Began, long Ended)
{
    /// <summary>What a vector has instead of a timestamp when its call gave none: the time of its capture.</summary>
    private const long WallClock = -1;

    /// <summary>Whether its calls gave timestamps.</summary>
    private bool Stamped { get; } = Script.Calls.All(
        call => call.Kwargs.Entries.Any(argument => argument.Key is "timestamp_millis" or "timestamps_millis"));

    /// <summary>What the engine sent.</summary>
    public DecodedRun Theirs { get; } = RunDecoder.Decode([Vector.UpdateMessages()]);

    /// <summary>What we sent.</summary>
    public DecodedRun Ours { get; } = Run.Decode();

    /// <summary>A point of theirs, its time replaced where it is the wall clock's.</summary>
    public DecodedPoint OfTheirs(DecodedPoint point) => Stamped ? point : point with { TimestampMillis = WallClock };

    /// <summary>A point of ours, its time replaced where it is the wall clock's and lies within the play.</summary>
    public DecodedPoint OfOurs(DecodedPoint point) => point with { TimestampMillis = OfOurs(point.TimestampMillis) };

    /// <summary>The same of a histogram of theirs.</summary>
    public HistogramPoint OfTheirs(HistogramPoint point) => At(point, Stamped ? point.TimestampMillis : WallClock);

    /// <summary>The same of a histogram of ours.</summary>
    public HistogramPoint OfOurs(HistogramPoint point) => At(point, OfOurs(point.TimestampMillis));

    private static HistogramPoint At(HistogramPoint point, long millis) => new(point) { TimestampMillis = millis };

    private long OfOurs(long millis) => !Stamped && millis >= Began && millis <= Ended ? WallClock : millis;
}
