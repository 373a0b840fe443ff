using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>A panic of the engine becomes an exception, and the process lives.</summary>
public sealed class PanicTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task A_panic_is_an_exception_and_takes_one_logger_and_nothing_else()
    {
        RecordingLoggerFactory log = new();
        LoggerConfig config = Runs.Config(_server);
        config.LoggerFactory = log;
        config.LogLevel = Microsoft.Extensions.Logging.LogLevel.Error;
        using Logger other = new(Runs.Config(_server));
        Logger logger = new(config);

        MetranaException panic = logger.Invoking(l => l.DebugPanic()).Should().Throw<MetranaException>().Which;

        panic.StatusCode.Should().Be(MetranaStatus.Panicked);
        panic.Message.Should().Contain("asked to panic");
        foreach (Action<Logger> call in new Action<Logger>[]
        {
            l => l.LogStdFloats("m", Scale.MlStep, 1),
            l => l.GetSeriesLastStep("m", Scale.MlStep),
            l => l.GetMetrics(),
            l => l.Flush(),
            l => l.ExtractSenderErrors(),
            l => l.Close(),
        })
        {
            logger.Invoking(call).Should().Throw<MetranaException>().Which.StatusCode.Should().Be(MetranaStatus.Poisoned);
        }

        logger.Invoking(l => l.Dispose()).Should().NotThrow();

        other.LogStdFloats("m", Scale.MlStep, 1);
        other.Flush(TimeSpan.FromSeconds(30));
        (await _server.PointsAsync(other.RunIdHex, "m")).Values.Should().Equal(1);
    }
}
