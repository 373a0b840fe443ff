using System.Globalization;
using System.Text.RegularExpressions;
using Metrana.MLflow.Tests;
using Metrana.Server;

namespace Metrana.Samples.Tests;

/// <summary>The sample that logs to MLflow, as the README starts it, with a real server.</summary>
public sealed partial class MlflowSampleTests(MlflowServer mlflow) : IClassFixture<MlflowServer>
{
    [MlflowFact]
    public async Task The_events_of_a_bandit_are_metrics_of_MLflow_too()
    {
        await using var server = await LocalServer.StartAsync();
        var ended = await Sample.RunAsync("Telemetry", "--endpoint", server.Endpoint, "--run", "bandit", "--mlflow", mlflow.Address);

        ended.Should().Match<Sample>(program => program.ExitCode == 0, ended.Error);
        var said = Said().Match(ended.Output);
        said.Success.Should().BeTrue(ended.Output);
        said.Groups["dropped"].Value.Should().Be("0");
        said.Groups["url"].Value.Should().StartWith($"{mlflow.Address}/#/experiments/");
        var id = said.Groups["run"].Value;
        var entropy = await mlflow.HistoryAsync(id, "trainer/entropy");
        entropy.Select(point => point.Step).Order().Should().Equal(Enumerable.Range(1, 200).Select(update => update * 64L));
        var stored = await mlflow.RunAsync(id);
        stored.Status.Should().Be("FINISHED");
        stored.Params.Should().Contain("arms", "10");
        long.Parse(said.Groups["values"].Value, CultureInfo.InvariantCulture).Should().Be((await server.FindRunAsync("bandit"))!.Points, "both have the same");
    }

    [GeneratedRegex(@"^MLflow has (?<values>\d+) values, and not (?<dropped>\d+): (?<url>\S+/runs/(?<run>[0-9a-f]{32}))\s*$", RegexOptions.Multiline)]
    private static partial Regex Said();
}
