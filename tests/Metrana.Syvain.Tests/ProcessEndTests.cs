using System.Text.Json;
using Metrana.Syvain.Tests.Support;
using Metrana.Tests.Support;

namespace Metrana.Syvain.Tests;

/// <summary>The end of a real process, which ends the experiment that it left open, and delivers what it logged.</summary>
public sealed class ProcessEndTests : IDisposable
{
    private readonly StandIn _service = new();

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData("return", 0, "done", null)]
    [InlineData("return-3", 3, "error", "ExitCode")]
    [InlineData("exit-3", 3, "error", "ExitCode")]
    [InlineData("throw", null, "error", "InvalidOperationException")]
    [ParityRow("syvain/hooks", "exit code")]
    public async Task It_says_how_it_went_and_delivers_everything(string end, int? exitCode, string status, string? error)
    {
        using Child child = Child.Play("experiment", _service.Host, end);
        (int code, string errors) = await child.EndAsync();

        code.Should().Match(given => exitCode == null ? given != 0 : given == exitCode, "that is its exit code: {0}", errors);
        _service.Story.Should().Equal(["ingest 1", status], errors);
        ErrorName.Should().Be(error);
    }

    [Fact]
    [ParityRow("syvain/hooks", "exit code")]
    public async Task A_signal_that_nobody_handles_is_an_error()
    {
        using Child child = Child.Play("experiment", _service.Host, "wait");
        (await child.HearAsync()).Should().Be("waiting");
        child.Signal("TERM");
        (int code, string errors) = await child.EndAsync();

        code.Should().Be(128 + 15, "that is the exit code of the signal: {0}", errors);
        _service.Story.Should().Equal(["ingest 1", "error"], errors);
        ErrorName.Should().Be("SIGTERM");
    }

    [Theory]
    [InlineData("return-without-hooks")]
    [InlineData("throw-without-hooks")]
    [ParityRow("syvain/hooks-off", "installHooks")]
    public async Task With_installHooks_off_it_says_and_delivers_nothing(string end)
    {
        using Child child = Child.Play("experiment", _service.Host, end);
        await child.EndAsync();
        _service.Requests.Should().NotBeEmpty("the experiment was opened");
        _service.Story.Should().BeEmpty();
    }

    private string? ErrorName => _service.Requests[^1].Json.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.Object
        ? error.GetProperty("name").GetString()
        : null;
}
