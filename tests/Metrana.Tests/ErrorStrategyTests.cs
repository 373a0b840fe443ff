using Metrana.Native;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>Where an error of the background surfaces.</summary>
public sealed class ErrorStrategyTests : IAsyncLifetime
{
    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    [ParityRow("client/errors-raise-on-log", "RaiseOnLog", "logs nothing")]
    public async Task Raise_on_log_raises_in_one_call_which_logs_nothing()
    {
        Run run = await LoseOnePointAsync(ErrorStrategy.RaiseOnLog);

        run.Invoking(r => r.Log("loss", 2.0)).Should().Throw<SenderException>().WithMessage("*no thanks*");
        run.Log("loss", 3.0);
        await run.DisposeAsync();
        (await StoredAsync(run)).Should().Equal(3);
    }

    [Fact]
    [ParityRow("client/errors-raise-on-close", "RaiseOnClose", "ClosingException", "when the rest is delivered")]
    [ParityRow("client/close-is-final", "the run is over all the same", "Run.Current")]
    public async Task Raise_on_close_raises_when_the_rest_is_delivered_and_the_run_is_over_all_the_same()
    {
        Run run = await LoseOnePointAsync(ErrorStrategy.RaiseOnClose);
        run.Log("loss", 2.0);

        await run.Awaiting(r => r.CloseAsync()).Should().ThrowAsync<ClosingException>().WithMessage("*no thanks*");
        (await StoredAsync(run)).Should().Equal(2);
        run.Outcome.Should().Be(RunOutcome.Finished);
        Run.Current.Should().NotBeSameAs(run);
    }

    private async Task<Run> LoseOnePointAsync(ErrorStrategy strategy)
    {
        Run run = await Run.StartAsync(
            SharedServer.OptionsAt(_server.Endpoint) with { Errors = strategy, Print = null, Output = TextWriter.Null });
        await Loss.OfOnePointAsync(_server, run, "no thanks");
        return run;
    }

    private async Task<IReadOnlyList<double>> StoredAsync(Run run)
    {
        StoredRun stored = (await _server.FindRunAsync(run.Name))!;
        return (await _server.GetPointsAsync(stored.RunId, (await _server.GetSeriesAsync(stored.RunId)).Single().Id)).Values;
    }
}
