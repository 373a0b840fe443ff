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
    private sealed record Ended(int ExitCode, string Output, string Error);

    [Fact]
    public async Task By_itself_it_learns_and_shows_what_its_own_server_holds()
    {
        var ended = await RunAsync("--episodes", "300", "--run", "mine");

        ended.Should().Match<Ended>(program => program.ExitCode == 0, ended.Error);
        var (first, last) = Returns(ended.Output);
        last.Should().BeGreaterThan(-30).And.BeGreaterThan(first + 100);
        ended.Output.Should().MatchRegex(@"delivered\s+(\d+) of \1 points to run mine");
        ended.Output.Should().MatchRegex(@"server\s+return by EPISODE: 300 points");
        ended.Output.Should().MatchRegex(@"server\s+td_error by ENVIRONMENT_STEP: \d{4,} points");
    }

    [Fact]
    public async Task It_learns_the_same_each_time()
    {
        await using var server = await LocalServer.StartAsync();
        var runs = new List<StoredPoints[]>();
        foreach (var name in new[] { "first", "second" })
        {
            (await RunAsync("--endpoint", server.Endpoint, "--run", name, "--episodes", "50")).ExitCode.Should().Be(0);
            var run = await server.FindRunAsync(name);
            var series = await server.GetSeriesAsync(run!.RunId);
            runs.Add(await Task.WhenAll(series.OrderBy(one => one.Metric).Select(one => server.GetPointsAsync(run.RunId, one.Id))));
        }

        runs[0].Should().HaveCount(4);
        foreach (var (first, second) in runs[0].Zip(runs[1]))
        {
            second.Values.Should().Equal(first.Values);
            second.Steps.Should().Equal(first.Steps);
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

        ended.Should().Match<Ended>(program => program.ExitCode == 0, ended.Error);
        ended.Output.Should().NotContain("server", "it knows nothing of a server that is not its own");
        run.Streams.Count.Should().BeGreaterThan(6);
        var decoded = run.Decode();
        decoded.Duplicates.Should().BeGreaterThanOrEqualTo(6);
        decoded.Closed.Should().BeTrue();
        decoded.Points.Select(series => series.Key.Metric).Should().BeEquivalentTo("return", "length", "epsilon", "td_error");
        foreach (var (series, points) in decoded.Points)
        {
            points.Select(point => point.Step).Should().Equal(Enumerable.Range(0, points.Count).Select(step => (ulong)step), series.Metric);
        }

        decoded.Points.Values.Sum(points => points.Count).Should().Be(Delivered(ended.Output));
        decoded.Points.Single(series => series.Key.Metric == "return").Value.Should().HaveCount(200);
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

    private static async Task<Ended> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "QLearning.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync();
        var error = program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        return new Ended(program.ExitCode, await output, await error);
    }
}
