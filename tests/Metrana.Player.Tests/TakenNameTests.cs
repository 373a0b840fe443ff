using FluentAssertions;
using Metrana.Native;
using Metrana.WireCapture;
using Metrana.WireCapture.Script;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>A name that is taken, against a service that says nothing of whose run it is.</summary>
public sealed class TakenNameTests
{
    [Fact]
    [ParityRow("exception/RunAlreadyExistsError", "RunAlreadyExistsException")]
    public async Task A_run_that_does_not_say_whose_it_is_is_not_joined()
    {
        await using var service = await CaptureServer.StartAsync();
        service.Play("taken", new RunScript { Init = new InitAnswer { Created = false, OrchestrationId = null } });
        var config = new LoggerConfig
        {
            Endpoint = service.Endpoint,
            ApiKey = "key",
            Workspace = "lab",
            Project = "walker",
            RunName = "taken",
            OrchestrationId = "job",
        };

        var refusal = FluentActions.Invoking(() => new Logger(config)).Should().ThrowExactly<RunAlreadyExistsException>().Which;

        refusal.StatusCode.Should().Be(MetranaStatus.RunAlreadyExists);
        refusal.Message.Should().Contain("lab/walker/taken").And.Contain("choose another run name");
        config.Resume = ResumeStrategy.Allow;
        using var resumed = new Logger(config);
        resumed.RunWasCreated.Should().BeFalse();
    }
}
