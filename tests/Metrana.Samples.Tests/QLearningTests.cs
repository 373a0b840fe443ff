using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Metrana.Server;
using Metrana.WireCapture;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Script;
using Xunit;

namespace Metrana.Samples.Tests;

/// <summary>The first program that a newcomer runs does what it says.</summary>
public sealed partial class QLearningTests
{
    [Fact]
    public async Task It_learns_and_everything_arrives()
    {
        await using var server = await LocalServer.StartAsync();
        var ended = await RunAsync("--endpoint", server.Endpoint, "--episodes", "300", "--run", "mine");

        ended.Should().Match<Sample>(program => program.ExitCode == 0, ended.Error);
        var (first, last) = Returns(ended.Output);
        last.Should().BeGreaterThan(-30).And.BeGreaterThan(first + 100);
        ended.Output.Should().MatchRegex(@"delivered\s+(\d+) of \1 points to run mine");
        ended.Error.Should().Contain("run q-learning/mine finished after");
        var run = await server.FindRunAsync("mine");
        var series = (await server.GetSeriesAsync(run!.RunId)).ToDictionary(one => one.Metric);
        series["return"].Points.Should().Be(300);
        series["return"].Scale.Should().Be("EPISODE");
        series["td_error"].Points.Should().BeGreaterThan(1000);
        (await server.GetRlPointsAsync(run.RunId, series["return"].Id, "default")).EnvSteps
            .Should().Equal(Enumerable.Range(0, 300).Select(episode => (long)episode));
    }

    [Fact]
    public async Task It_learns_the_same_each_time()
    {
        await using var server = await LocalServer.StartAsync();
        var runs = new List<StoredRlPoints[]>();
        foreach (var name in new[] { "first", "second" })
        {
            (await RunAsync("--endpoint", server.Endpoint, "--run", name, "--episodes", "50")).ExitCode.Should().Be(0);
            var run = await server.FindRunAsync(name);
            var series = await server.GetSeriesAsync(run!.RunId);
            runs.Add(await Task.WhenAll(series.OrderBy(one => one.Metric).Select(one => server.GetRlPointsAsync(run.RunId, one.Id, "default"))));
        }

        runs[0].Should().HaveCount(4);
        foreach (var (first, second) in runs[0].Zip(runs[1]))
        {
            second.Values.Should().Equal(first.Values);
            second.EnvSteps.Should().Equal(first.EnvSteps);
        }
    }

    [Fact]
    public async Task Whoever_has_nothing_runs_it_twice_and_finds_both_runs()
    {
        var folder = Directory.CreateTempSubdirectory("metrana-twice-");
        try
        {
            (string, string)[] home = [("METRANA_SERVER_DATA", folder.FullName)];
            var first = await Sample.RunAsync("QLearning", home);
            var second = await Sample.RunAsync("QLearning", home);

            first.Should().Match<Sample>(program => program.ExitCode == 0, first.Error);
            second.Should().Match<Sample>(program => program.ExitCode == 0, second.Error);
            PageOfRun().Match(second.Error).Value.Should().NotBeEmpty().And.Be(PageOfRun().Match(first.Error).Value, "one server has both");
            await using var server = await LocalServer.FindOrStartAsync(folder.FullName);
            server.HttpEndpoint.Should().Be(PageOfRun().Match(first.Error).Value);
            var runs = await server.GetRunsAsync();
            runs.Should().HaveCount(2).And.OnlyContain(run => run.Status == RunStatus.Finished);
            foreach (var run in runs)
            {
                (await server.GetSeriesAsync(run.RunId)).Single(series => series.Metric == "return").Points.Should().Be(500);
            }

            using var process = Process.GetProcessById(server.ProcessId);
            await server.StopAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task It_delivers_every_point_to_a_server_that_keeps_breaking_its_streams()
    {
        await using var peer = await CaptureServer.StartAsync();
        var run = peer.Play("shaky", new RunScript
        {
            // The first streams break at their first data message, in each of the ways; the message was taken all the same.
            OnMessage = message => message is { Role: MessageRole.Data, Stream: < 6 }
                ? new[] { Reply.Disconnect, Reply.ResetStream, Reply.Status(WireCapture.Grpc.GrpcCode.Unavailable) }[message.Stream % 3]
                : Reply.Ack,
        });

        var ended = await RunAsync("--endpoint", peer.Endpoint, "--api-key", "k", "--run", "shaky", "--episodes", "200");

        ended.Should().Match<Sample>(program => program.ExitCode == 0, ended.Error);
        run.Streams.Count.Should().BeGreaterThan(6);
        var decoded = run.Decode();
        decoded.Duplicates.Should().BeGreaterThanOrEqualTo(6);
        decoded.Closed.Should().BeTrue();
        decoded.RlPoints.Keys.Select(series => series.Series.Metric).Should().BeEquivalentTo("return", "length", "epsilon", "td_error");
        decoded.RlPoints.Values.Sum(points => points.Count).Should().Be(Delivered(ended.Output) - decoded.Attributes.Count);
        decoded.RlPoints.Single(series => series.Key.Series.Metric == "return").Value.Select(point => point.RlStep)
            .Should().Equal(Enumerable.Range(0, 200).Select(step => (ulong)step));
    }

    [Theory]
    [InlineData("--episodes")]
    [InlineData("--episodes", "0")]
    [InlineData("--episodes", "many")]
    [InlineData("--verbose")]
    public async Task What_it_does_not_understand_it_answers_with_its_usage(params string[] arguments)
    {
        var ended = await RunAsync(arguments);

        ended.ExitCode.Should().NotBe(0);
        ended.Error.Should().Contain("usage: QLearning [--endpoint URL]");
    }

    /// <summary>Where the run is looked at, without the run.</summary>
    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex PageOfRun();

    [GeneratedRegex(@"mean return (-?[\d.]+) at first, (-?[\d.]+) at last")]
    private static partial Regex ReturnsLine();

    [GeneratedRegex(@"delivered\s+(\d+) of")]
    private static partial Regex DeliveredLine();

    private static (double First, double Last) Returns(string output)
    {
        var groups = ReturnsLine().Match(output).Groups;
        return (double.Parse(groups[1].Value, CultureInfo.InvariantCulture), double.Parse(groups[2].Value, CultureInfo.InvariantCulture));
    }

    private static int Delivered(string output) =>
        int.Parse(DeliveredLine().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);

    private static Task<Sample> RunAsync(params string[] arguments) => Sample.RunAsync("QLearning", arguments);
}
