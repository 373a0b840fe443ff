using FluentAssertions;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.Protobuf.Ingestion.V1.Types;
using Xunit;

namespace Metrana.Server.Tests;

public sealed class FaultTests : IAsyncLifetime
{
    private const int InvalidArgument = 3;
    private const int Unavailable = 14;

    private static readonly Run _run = new() { Workspace = "ws", Project = "proj", RunName = "run" };

    private LocalServer _server = null!;
    private RawClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });
        _client = new RawClient(_server.Endpoint);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task They_must_be_allowed()
    {
        await using var plain = await LocalServer.StartAsync();

        FluentActions.Invoking(() => plain.Faults).Should().Throw<InvalidOperationException>().WithMessage("*AllowFaults*");
    }

    [Fact]
    public async Task A_status_at_each_stage_as_often_as_was_asked()
    {
        await _server.Faults.FailAsync(FaultStage.Init, "UNAVAILABLE", "not today", times: 2);
        (await _client.OpenAsync(_run)).Status.Should().Be(Unavailable);
        (await _client.OpenAsync(_run)).Status.Should().Be(Unavailable);
        var (id, status) = await _client.OpenAsync(_run);
        status.Should().Be(0);

        await _server.Faults.FailAsync(FaultStage.Hello, "UNAVAILABLE");
        (await _client.SendAsync(id)).Should().Be((0, Unavailable));

        await _server.Faults.FailAsync(FaultStage.Data, "INVALID_ARGUMENT", after: 1);
        (await _client.SendAsync(id, Data(256), Data(512))).Should().Be((2, InvalidArgument));
        (await _server.GetCountsAsync()).Messages.Should().Be(1);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task A_reset_with_the_last_message_stored_or_not(bool storeLast, int stored)
    {
        var (id, _) = await _client.OpenAsync(_run);
        await _server.Faults.ResetAsync(after: 2, storeLast);

        var send = () => _client.SendAsync(id, Data(256), Data(512));

        await send.Should().ThrowAsync<Exception>("the connection breaks");
        (await _server.GetCountsAsync()).Messages.Should().Be(stored);
    }

    [Fact]
    public async Task Stalled_acks_go_out_when_the_faults_are_cleared()
    {
        var (id, _) = await _client.OpenAsync(_run);
        await _server.Faults.StallAsync();
        var sending = _client.SendAsync(id, Data(256));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await _server.GetCountsAsync(cancellationToken: deadline.Token)).Streams == 0)
        {
            await Task.Yield();
        }

        sending.IsCompleted.Should().BeFalse();
        await _server.Faults.ClearAsync();

        (await sending).Should().Be((2, 0));
    }

    [Fact]
    public async Task A_fault_that_the_server_does_not_know_is_an_error_with_its_text()
    {
        var fail = () => _server.Faults.FailAsync(FaultStage.Data, "NO_SUCH_CODE");

        await fail.Should().ThrowAsync<LocalServerException>().WithMessage("*400*NO_SUCH_CODE*");
    }

    private static UpdateRunRequest Data(ulong number) => new() { SequenceNumber = number };
}
