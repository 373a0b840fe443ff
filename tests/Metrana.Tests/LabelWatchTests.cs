using System.Globalization;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>A label that changes with every call is said before it fills the memory.</summary>
public class LabelWatchTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("failures/label-sets", "thousand label sets", "the last")]
    public async Task More_than_a_thousand_label_sets_are_said_once_and_with_numbers()
    {
        using SharedWriter output = new();
        RunOptions options = shared.Options();
        (options.Print, options.Output) = (true, output);
        await using Run run = await Run.StartAsync(options);
        for (int i = 0; i < 1000; i++)
        {
            run.Log("loss", 1.0, labels: [("batch", i.ToString(CultureInfo.InvariantCulture)), ("gpu", "0")]);
            run.Log("loss", 1.0, labels: [("gpu", "0"), ("batch", i.ToString(CultureInfo.InvariantCulture))]);
            run.Log("plain", 1.0);
        }

        output.ToString().Should().NotContain("label sets", "a thousand are allowed");
        for (int i = 1000; i < 1005; i++)
        {
            run.Log("loss", 1.0, labels: [("batch", i.ToString(CultureInfo.InvariantCulture)), ("gpu", "0")]);
        }

        output.ToString().Should().Contain("the metric 'loss' has 1001 label sets, the last one batch=1000, gpu=0.");
        output.ToString().Split("label sets").Should().HaveCount(2, "it is said once");
    }

    [Fact]
    public async Task Handles_and_environments_count_as_well()
    {
        using SharedWriter output = new();
        RunOptions options = shared.Options();
        (options.Print, options.Output) = (true, output);
        await using Run run = await Run.StartAsync(options);
        for (int i = 0; i <= 1000; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            run.Series("handle", labels: [("n", number)]);
            run.LogEnvironmentStep("rl", 1.0, rlStep: 0, labels: [("n", number)]);
        }

        output.ToString().Should().Contain("the metric 'handle' has 1001 label sets").And.Contain("the metric 'rl' has 1001 label sets");
    }
}
