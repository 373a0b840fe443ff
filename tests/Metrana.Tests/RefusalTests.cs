using Metrana.Native;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>What happens when the service is there and refuses. Rows of docs/failures.md; see also <see cref="EndOfDeliveryTests"/>.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("UNAUTHENTICATED")]
    [InlineData("PERMISSION_DENIED")]
    [ParityRow("failures/key-refused", "LoggerInitException", "check the API key", "ContinueWithoutServer")]
    public async Task A_key_that_is_refused_ends_the_start_at_once_whether_or_not_the_run_could_wait(string code)
    {
        foreach (bool waits in (bool[])[false, true])
        {
            RunOptions options = Options();
            options.ContinueWithoutServer = waits;
            await _server.Faults.FailAsync(FaultStage.Init, code, "no such key");

            LoggerInitException refused = (await FluentActions.Awaiting(() => Run.StartAsync(options))
                .Should().ThrowExactlyAsync<LoggerInitException>()).Which;
            refused.StatusCode.Should().Be(MetranaStatus.InitRefused);
            refused.Message.Should().Contain("no such key").And.EndWith("; check the API key");
        }
    }

    /// <remarks>
    /// That a server without room refuses new runs, holds its acknowledgements and goes on by itself is proved where it can have a small
    /// disk of its own: in store/sqlite/full_tests.rs of the server.
    /// </remarks>
    [Fact]
    [ParityRow("failures/disk-full", "LoggerInitException", "refused")]
    public async Task A_server_without_room_for_a_new_run_is_told_in_its_own_words()
    {
        await _server.Faults.FailAsync(FaultStage.Init, "RESOURCE_EXHAUSTED", "database or disk is full");

        LoggerInitException refused = (await FluentActions.Awaiting(() => Run.StartAsync(Options()))
            .Should().ThrowExactlyAsync<LoggerInitException>()).Which;
        (refused.StatusCode, refused.GrpcStatus).Should().Be((MetranaStatus.InitRefused, 8));
        refused.Message.Should().Contain("database or disk is full");
    }

    [Fact]
    [ParityRow("failures/disk-full", "points wait", "delivered when there is room again")]
    public async Task What_a_server_does_not_acknowledge_is_delivered_when_there_is_room_again()
    {
        await using Run run = await Run.StartAsync(Options());
        await _server.Faults.StallAsync();
        run.Log("loss", [1.0, 2.0]);
        await FluentActions.Awaiting(() => run.FlushAsync(TimeSpan.FromSeconds(0.1))).Should().ThrowAsync<FlushTimeoutException>();
        run.Delivery.Should().Be(new RunDelivery { Added = 2, Pending = 2 }, "the points wait");
        await _server.Faults.ClearAsync();
        await run.FlushAsync(TimeSpan.FromMinutes(1));

        (await StoredAsync(run)).Should().Equal(1, 2);
    }

    [Fact]
    [ParityRow("failures/points-refused", "dropped, counted and reported", "the run continues", "ClosingException")]
    public async Task Points_that_are_refused_for_good_are_dropped_counted_and_reported()
    {
        using SharedWriter output = new();
        RunOptions options = Options();
        options.Output = output;
        Run run = await Run.StartAsync(options);
        await Loss.OfOnePointAsync(_server, run, "no thanks");
        run.Delivery.Should().Be(new RunDelivery { Added = 1, Dropped = 1 }, "it is dropped, counted and reported");
        run.TakeErrors().Should().ContainSingle().Which.Message.Should().Contain("no thanks");
        await Eventually.ShouldAsync(() => output.ToString().Contains("dropped 1 point (1 so far)", StringComparison.Ordinal), "it is said");

        run.Log("loss", 2.0);
        await run.Awaiting(r => r.CloseAsync()).Should().ThrowAsync<ClosingException>().WithMessage("*1 of the 2*no thanks*");
        (await StoredAsync(run)).Should().Equal([2], "the run continues");
    }

    [Fact]
    [ParityRow("failures/points-refused", "StopOnLoss", "SenderException")]
    public async Task A_run_that_stops_on_loss_throws_in_later_calls()
    {
        RunOptions options = Options();
        (options.StopOnLoss, options.CloseTimeout) = (true, TimeSpan.Zero);
        using Run run = await Run.StartAsync(options);
        await Loss.OfOnePointAsync(_server, run, "no thanks");

        run.Invoking(r => r.Log("loss", 2.0)).Should().Throw<SenderException>().WithMessage("*no thanks*");
    }

    private RunOptions Options() => SharedServer.OptionsAt(_server.Endpoint) with { Print = null, Output = TextWriter.Null };

    private async Task<IReadOnlyList<double>> StoredAsync(Run run)
    {
        StoredRun stored = (await _server.FindRunAsync(run.Name))!;
        return (await _server.GetPointsAsync(stored.RunId, (await _server.GetSeriesAsync(stored.RunId)).Single().Id)).Values;
    }
}
