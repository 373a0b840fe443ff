using Metrana.Native.Tests.Support;
using Metrana.Server;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.Tests;

/// <summary>A slip in the name of a scale is told, because it silently makes another series.</summary>
public sealed class ScaleWatchTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

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
    [InlineData("S", "", false)]
    public void Slips_are_told_from_other_names(string one, string other, bool near)
    {
        ScaleWatch.AreNear(one, other).Should().Be(near);
        ScaleWatch.AreNear(other, one).Should().Be(near);
    }

    [Fact]
    public async Task Each_doubtful_scale_is_warned_of_once_however_the_series_is_named()
    {
        RecordingLoggerFactory log = new();
        using Logger logger = Logger.Open(Runs.Config(_server) with { LoggerFactory = log, LogLevel = LogLevel.Warning });
        LogBatch batch = new();
        for (int i = 0; i < 3; i++)
        {
            foreach (Scale right in new Scale[] { Scale.MlStep, "EPOCH", "LAYER_1", "LAYER_2" })
            {
                logger.LogStdFloats("right", right, 1);
            }

            logger.LogStdFloats("value", "EPOCHS", 1);
            logger.LogStdFloats("kept", new Scale("ml_step"), 1);
            logger.LogStdFloats("nothing", default, 1);
            logger.LogDistributedFloats("distributed", "ml-step", 1, steps: i);
            logger.LogRlFloats("reward", "epoch", 1, i, "env-0");
            logger.LogHistogram("gradients", "MLSTEP", [0, 1], [1], i);
            logger.LogScatter("embedding", "ENVIROMENT_STEP", [1], [2], i);
            logger.Series("handle", "episodes").Log(1);
            logger.RlSeries("rl_handle", "environment_step").Log(1, i, "env-0");
            batch.Add("batch", Scale.MlStep, 1);
            batch.Add("batch", "EPSIODE", 1);
            logger.Log(batch);
        }

        await Eventually.ShouldAsync(() => log.Lines.Count >= 10, "the warnings come");
        log.Lines.Should().OnlyContain(line => line.Id == LoggerEvents.DoubtfulScale && line.Level == LogLevel.Warning);
        log.Lines.Select(line => (line["Scale"], line["Near"])).Should().Equal(
            ("EPOCHS", "EPOCH"),
            ("ml_step", "ML_STEP"),
            ("", null),
            ("ml-step", "ML_STEP"),
            ("epoch", "EPOCH"),
            ("MLSTEP", "ML_STEP"),
            ("ENVIROMENT_STEP", "ENVIRONMENT_STEP"),
            ("episodes", "EPISODE"),
            ("environment_step", "ENVIRONMENT_STEP"),
            ("EPSIODE", "EPISODE"));
        log.Lines.First().Text.Should().Contain("the scale 'EPOCHS' is not 'EPOCH', which is the usual name, and makes series of its own");
        log.Lines.ElementAt(2).Text.Should().Contain("name what its steps count, such as ML_STEP");
    }
}
