using System.CommandLine;
using Benchmarks.Modes;
using FluentAssertions;
using Xunit;

namespace Benchmarks.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--endpoint http://127.0.0.1:1 --api-key K --envs 1024 --metrics 16 --points 100 --bursts 20 --cycle-secs 0")]
    [InlineData("--shape vector --dtype f64 --names --json out.json")]
    [InlineData("--shape per-env --dtype f32 --handles --cycle-secs 1.5")]
    [InlineData("--queue-bytes 1000000 --workspace w --project p --run r")]
    public void A_burst_is_described_like_this(string line) =>
        Errors(line).Should().BeEmpty();

    [Theory]
    [InlineData("--names --handles")]
    [InlineData("--envs 0")]
    [InlineData("--bursts none")]
    [InlineData("--cycle-secs -1")]
    [InlineData("--cycle-secs NaN")]
    [InlineData("--shape grid")]
    [InlineData("--dtype f16")]
    [InlineData("--unknown 1")]
    public void And_not_like_this(string line) =>
        Errors(line).Should().NotBeEmpty();

    [Theory]
    [InlineData("", true)]
    [InlineData("--only burst read --folder . --json out.json", true)]
    [InlineData("--only start --gib 0.5 --rate 3", true)]
    [InlineData("--only sustained --seconds 60", true)]
    [InlineData("--only writing", false)]
    [InlineData("--folder /there/is/none", false)]
    [InlineData("--rate 0", false)]
    public void A_measurement_of_the_server_is_described_like_this(string line, bool isGood) =>
        new RootCommand { ServerMode.Command() }.Parse($"server {line}").Errors.Should().HaveCount(isGood ? 0 : 1);

    private static IEnumerable<string> Errors(string line) =>
        new RootCommand { RlBurstMode.Command() }.Parse($"rl-burst {line}").Errors.Select(error => error.Message);
}
