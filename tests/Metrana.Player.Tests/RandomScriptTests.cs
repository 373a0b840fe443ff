using System.Text.Json.Nodes;
using FluentAssertions;
using Metrana.Player.Results;
using Metrana.WireCapture.Decode;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>Random scripts, valid and not, held against themselves. A failure names its seed, which makes the script again.</summary>
public sealed class RandomScriptTests(RulePeer peer) : IClassFixture<RulePeer>
{
    private const int Scripts = 300;

    private static readonly string[] _kinds =
        ["float_points", "rl_float_points", "histogram_points", "scatter_points", "attribute_updates", "env_attribute_updates"];

    [Fact]
    public void Refused_calls_change_nothing_and_the_books_are_right()
    {
        var refused = 0;
        var taken = 0;
        for (var seed = 0; seed < Scripts; seed++)
        {
            var calls = new RandomScripts(seed).Calls();
            var whole = peer.Play(calls.Select(call => call.DeepClone()));

            var kept = calls.Zip(whole.Results).Where(pair => pair.Second is not RaisedResult).ToList();
            var again = peer.Play(kept.Select(pair => pair.First.DeepClone()));

            whole.Results.OfType<RaisedResult>().Select(raised => raised.PublishedName).Where(name => !IsPublished(name)).Should()
                .BeEmpty($"seed {seed}");
            again.Results.Select(RulePeer.Text).Should().Equal(kept.Select(pair => RulePeer.Text(pair.Second)), $"seed {seed}");
            Describe(again.Run).Should().Equal(Describe(whole.Run), $"seed {seed}");
            Books(whole.Script, whole.Run, seed);
            Books(again.Script, again.Run, seed);
            refused += calls.Count - kept.Count;
            taken += kept.Count;
        }

        refused.Should().BeGreaterThan(Scripts, "the scripts try what is refused");
        taken.Should().BeGreaterThan(4 * Scripts, "the scripts try what is taken");
    }

    [Fact]
    public void What_is_given_once_says_the_same_as_what_is_given_one_by_one()
    {
        var spread = 0;
        for (var seed = 0; seed < Scripts; seed++)
        {
            var calls = new RandomScripts(seed).Calls();
            var written = calls.Select(call => Materialised(call.DeepClone(), ref spread)).ToList();

            var (given, _, run) = peer.Play(calls.Select(call => call.DeepClone()));
            var (oneByOne, _, same) = peer.Play(written);

            oneByOne.Select(result => result is RaisedResult).Should().Equal(given.Select(result => result is RaisedResult), $"seed {seed}");
            Describe(same).Should().Equal(Describe(run), $"seed {seed}");
        }

        spread.Should().BeGreaterThan(Scripts / 2, "the scripts give things once");
    }

    /// <summary>Whether it is no name of an exception that means a defect.</summary>
    private static bool IsPublished(string name) => name == "Exception" || name.EndsWith("Error", StringComparison.Ordinal);

    /// <summary>The call with episodes and timestamps for each value, where they were given once or once a row.</summary>
    private static JsonNode Materialised(JsonNode call, ref int spread)
    {
        if (call["method"]!.GetValue<string>() != "log_rl_floats")
        {
            return call;
        }

        var environments = call["args"]![3]!.AsArray().Count;
        var values = call["args"]![4]!.AsArray();
        var width = values[0] is JsonArray row ? row.Count : environments == 1 ? values.Count : 1;
        foreach (var name in new[] { "episodes", "timestamps_millis" })
        {
            var given = call["kwargs"]![name];
            if (given is JsonArray array && (array.Count != environments || array[0] is JsonArray || environments == 1))
            {
                continue;
            }

            if (given is not null)
            {
                call["kwargs"]![name] = new JsonArray([.. Enumerable.Range(0, environments).Select(i => new JsonArray(
                    [.. Enumerable.Range(0, width).Select(_ => (given is JsonArray each ? each[i] : given)!.DeepClone())]))]);
                spread++;
            }
        }

        return call;
    }

    private static void Books(ScriptResult script, DecodedRun run, int seed)
    {
        script.Close.Should().Be(CallResult.Ok, $"seed {seed}");
        long[] arrived =
        [
            run.Points.Values.Sum(points => points.Count),
            run.RlPoints.Values.Sum(points => points.Count),
            run.Histograms.Values.Sum(points => points.Count),
            run.Scatters.Values.Sum(scatters => scatters.Points.Count),
            run.Attributes.Count,
            run.EnvironmentAttributes.Count,
        ];
        foreach (var what in new[] { "added", "enqueued", "sent" })
        {
            _kinds.Select(kind => script.Counters[$"{kind}_{what}"]).Should().Equal(arrived, $"seed {seed}, {what}");
        }
    }

    private static List<string> Describe(DecodedRun run) =>
    [
        .. run.Declarations.Values.Select(series => $"{series}"),
        .. run.Points.OrderBy(series => $"{series.Key}", StringComparer.Ordinal)
            .SelectMany(series => series.Value.Select(point => $"{series.Key} {point}")),
        .. run.RlPoints.OrderBy(series => $"{series.Key}", StringComparer.Ordinal)
            .SelectMany(series => series.Value.Select(point => $"{series.Key} {point}")),
        .. run.Histograms.OrderBy(series => $"{series.Key}", StringComparer.Ordinal)
            .SelectMany(series => series.Value.Select(point => $"{series.Key} {point}")),
        .. run.Scatters.OrderBy(series => $"{series.Key}", StringComparer.Ordinal).SelectMany(series => series.Value.Points
            .Select(point => $"{series.Key} {point}").Append($"{series.Value.Is3D} {string.Join(' ', series.Value.Titles)}")),
        .. run.Attributes.Select(update => $"{update}"),
        .. run.EnvironmentAttributes.Select(update => $"{update}"),
    ];
}
