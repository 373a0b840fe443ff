using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>A slip in the name of a scale is told where the run tells everything else.</summary>
public class ScaleWatchTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("failures/doubtful-scale", "EPOCHS", "nearly another")]
    public async Task A_scale_that_is_nearly_another_is_said_once()
    {
        using SharedWriter output = new();
        RunOptions options = shared.Options();
        (options.Print, options.Output) = (true, output);
        await using Run run = await Run.StartAsync(options);
        run.Log("val/loss", 0.5, scale: "EPOCH");
        run.Log("val/loss", 0.5, scale: "MINI_BATCH");
        run.LogHistogram("weights", [1.0, 2.0], step: 1, scale: "LAYER_1");
        output.ToString().Should().NotContain("the scale");

        run.Log("val/loss", 0.5, scale: "EPOCHS");
        run.Log(("a", 1.0), ("b", 2.0));
        run.Log("val/loss", 0.4, scale: "EPOCHS");
        run.Series("handle", scale: "MINIBATCH").Log(1);
        run.Log("val/loss", 0.4, scale: "");

        string said = output.ToString();
        said.Should().Contain("the scale 'EPOCHS' is not 'EPOCH', which is the usual name")
            .And.Contain("the scale 'MINIBATCH' is not 'MINI_BATCH', which this run uses too")
            .And.Contain("the empty text as its scale");
        said.Split("'EPOCHS'").Should().HaveCount(2, "it is said once");
    }
}
