using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>A slip in the name of a scale is told, because it silently makes another series.</summary>
public class ScaleWatchTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("EPOCHS", "EPOCH", true)]
    [InlineData("epoch", "EPOCH", true)]
    [InlineData("ml_step", "ML_STEP", true)]
    [InlineData("MLSTEP", "ML_STEP", true)]
    [InlineData("ENVIROMENT_STEP", "ENVIRONMENT_STEP", true)]
    [InlineData("EPSIODE", "EPISODE", true)]
    [InlineData("EPOCH", "EPISODE", false)]
    [InlineData("LEVEL_1", "LEVEL_2", false)]
    [InlineData("LEVEL_1", "LEVEL_11", false)]
    [InlineData("PHASE_A", "PHASE_B", false)]
    [InlineData("STEP", "ML_STEP", false)]
    [InlineData("A", "AB", false)]
    public void Slips_are_told_from_other_names(string one, string other, bool near)
    {
        ScaleWatch.AreNear(one, other).Should().Be(near);
        ScaleWatch.AreNear(other, one).Should().Be(near);
    }

    [Fact]
    public async Task A_scale_that_is_nearly_another_is_said_once()
    {
        using StringWriter output = new();
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
