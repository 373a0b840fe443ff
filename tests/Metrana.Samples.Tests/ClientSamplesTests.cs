using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Metrana.Server;
using Xunit;

namespace Metrana.Samples.Tests;

/// <summary>The samples of the client learn what they set out to, and log it.</summary>
public sealed partial class ClientSamplesTests
{
    [Fact]
    public async Task Sixty_four_carts_learn_to_balance()
    {
        await using var server = await LocalServer.StartAsync();
        var ended = await Sample.RunAsync("VectorEnv", "--endpoint", server.Endpoint, "--run", "carts", "--updates", "30");

        ended.Should().Match<Sample>(program => program.ExitCode == 0, ended.Error);
        var run = await server.FindRunAsync("carts");
        var series = (await server.GetSeriesAsync(run!.RunId)).ToDictionary(one => one.Metric);
        series["reward"].Points.Should().Be(64 * 128 * 30);
        series["policy/entropy"].Points.Should().Be(64 * 128 * 30);
        series["reward"].Environments.Should().HaveCount(64);
        var means = await server.GetPointsAsync(run.RunId, series["episode_return_mean"].Id);
        means.Values[0].Should().BeLessThan(60);
        means.Values[^1].Should().BeGreaterThan(150, "it learns");
        var returns = await server.GetRlPointsAsync(run.RunId, series["episode_return"].Id, "env-63");
        returns.EnvSteps.Should().Equal(Enumerable.Range(0, returns.EnvSteps.Count).Select(episode => (long)episode));
        run.Closed.Should().BeTrue();
        ended.Error.Should().Contain("0 dropped");
    }

    [Fact]
    public async Task The_events_of_a_bandit_are_its_metrics()
    {
        await using var server = await LocalServer.StartAsync();
        var ended = await Sample.RunAsync("Telemetry", "--endpoint", server.Endpoint, "--run", "bandit");

        ended.Should().Match<Sample>(program => program.ExitCode == 0, ended.Error);
        ended.Output.Should().Contain("TRAINER").And.Contain("Global Grad Norm").And.Contain("with probability 0.9");
        var run = await server.FindRunAsync("bandit");
        var series = (await server.GetSeriesAsync(run!.RunId)).ToDictionary(one => one.Metric);
        series["trainer/entropy"].Should().Match<StoredSeries>(one => one.Points == 200 && one.LastStep == 200 * 64);
        series["evaluator/mean_return"].Points.Should().Be(4);
        series["misc/steps_per_second"].Points.Should().Be(200);
        run.Closed.Should().BeTrue();
    }

    [Fact]
    public async Task One_run_goes_to_three_destinations()
    {
        var folder = Directory.CreateTempSubdirectory("metrana-destinations-");
        try
        {
            await using var server = await LocalServer.StartAsync();
            var ended = await Sample.RunAsync("Destinations", "--endpoint", server.Endpoint, "--folder", folder.FullName);

            ended.Should().Match<Sample>(program => program.ExitCode == 0, ended.Error);
            DeliveryOfMirror().Matches(ended.Output).Should().HaveCount(2, ended.Output);
            var run = (await server.GetRunsAsync()).Should().ContainSingle().Subject;
            var loss = (await server.GetSeriesAsync(run.RunId)).Should().ContainSingle().Subject;
            var points = await server.GetPointsAsync(run.RunId, loss.Id);
            points.Values.Should().HaveCount(2000);
            points.Values[^1].Should().BeLessThan(0.1, "it goes downhill");
            File.ReadLines(Path.Combine(folder.FullName, "syvain.jsonl")).Count(line => line.Contains("\"loss\"", StringComparison.Ordinal))
                .Should().Be(2000);

            // A record of a scalar has 24 bytes and more.
            folder.EnumerateFiles("*tfevents*", SearchOption.AllDirectories).Should().ContainSingle()
                .Which.Length.Should().BeGreaterThan(2000 * 24);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_run_of_carts_goes_on_with_its_episodes()
    {
        await using var server = await LocalServer.StartAsync();
        foreach (var _ in new[] { 1, 2 })
        {
            var ended = await Sample.RunAsync("VectorEnv", "--endpoint", server.Endpoint, "--run", "again", "--updates", "2", "--resume");
            ended.Should().Match<Sample>(program => program.ExitCode == 0, ended.Error);
        }

        var run = await server.FindRunAsync("again");
        var series = (await server.GetSeriesAsync(run!.RunId)).ToDictionary(one => one.Metric);
        series["reward"].LastStep.Should().Be(3);
        var returns = await server.GetRlPointsAsync(run.RunId, series["episode_return"].Id, "env-0");
        returns.EnvSteps.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder();
    }

    [Fact]
    public async Task The_classifier_knows_points_that_it_has_not_seen()
    {
        await using var server = await LocalServer.StartAsync();
        var ended = await Sample.RunAsync("Classifier", "--endpoint", server.Endpoint, "--run", "spirals");

        ended.Should().Match<Sample>(program => program.ExitCode == 0, ended.Error);
        double.Parse(Accuracy().Match(ended.Output).Groups[1].Value, CultureInfo.InvariantCulture).Should().BeGreaterThan(0.85);
        var run = await server.FindRunAsync("spirals");
        var series = (await server.GetSeriesAsync(run!.RunId)).ToDictionary(one => one.Metric);
        series["train/loss"].Points.Should().Be(60 * 47);
        series["val/accuracy"].Points.Should().Be(60);
        series["val/accuracy"].Scale.Should().Be("EPOCH");
        series["weights"].Points.Should().Be(60);
    }

    [Theory]
    [InlineData("VectorEnv", "--updates", "many")]
    [InlineData("Classifier", "--updates")]
    [InlineData("Destinations", "--somewhere")]
    public async Task What_they_do_not_understand_they_answer_with_their_usage(string name, params string[] arguments)
    {
        var ended = await Sample.RunAsync(name, arguments);

        ended.ExitCode.Should().Be(2);
        ended.Error.Should().Contain($"usage: {name}");
    }

    [GeneratedRegex(@"^\S.*: (\d+) of \1 written, 0 dropped", RegexOptions.Multiline)]
    private static partial Regex DeliveryOfMirror();

    [GeneratedRegex(@"validation accuracy: ([\d.]+)")]
    private static partial Regex Accuracy();
}
