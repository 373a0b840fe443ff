using System.Net;
using FluentAssertions;
using Metrana.Protobuf.Ingestion.V1.Types;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>What people change, and who hears of it.</summary>
public sealed class EditingTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private LocalServer _server = null!;
    private RawClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _client = new RawClient(_server.Endpoint);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_run_is_named_tagged_and_described_and_goes_back_to_its_own_name()
    {
        var id = await OpenAsync("first");

        var edit = new RunEdit { Name = "é", Notes = "n", Tags = ["b", "a"], Hidden = true, Pinned = true };
        var edited = await _server.EditRunAsync(id, edit);

        edited.Should().BeEquivalentTo(await _server.FindRunAsync("first"));
        edited.Should().BeEquivalentTo(new { RunName = "first", Name = "é", Notes = "n", Tags = new[] { "b", "a" }, Hidden = true, Pinned = true });
        var tags = await _server.EditRunAsync(id, new RunEdit { AddTags = ["c"], RemoveTags = ["b"] });
        tags.Tags.Should().Equal("a", "c");
        tags.Name.Should().Be("é");
        (await _server.EditRunAsync(id, new RunEdit { Name = "", Notes = "" })).Should().BeEquivalentTo(new { Name = "first", Notes = "", Hidden = true });
    }

    [Fact]
    public async Task What_is_removed_is_gone()
    {
        var id = await OpenAsync("first");
        await OpenAsync("second");

        await _server.DeleteRunAsync(id);
        (await _server.GetRunsAsync()).Should().ContainSingle(run => run.RunName == "second");
        await _server.DeleteProjectAsync("ws", "proj");
        (await _server.GetRunsAsync()).Should().BeEmpty();

        Func<Task>[] again =
        [
            () => _server.DeleteRunAsync(id),
            () => _server.DeleteProjectAsync("ws", "proj"),
            () => _server.EditRunAsync(id, new RunEdit { Name = "x" }),
        ];
        foreach (var ask in again)
        {
            (await ask.Should().ThrowAsync<LocalServerException>()).Which.HttpStatus.Should().Be(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Who_follows_hears_of_every_change_and_goes_on_where_it_stood()
    {
        using var deadline = new CancellationTokenSource(_patience);
        string cursor;
        string id;
        await using (var changes = _server.FollowAsync(cancellationToken: deadline.Token).GetAsyncEnumerator())
        {
            (await changes.MoveNextAsync()).Should().BeTrue();
            changes.Current.Reset.Should().BeTrue();
            id = await OpenAsync("first");
            (await changes.MoveNextAsync()).Should().BeTrue();
            changes.Current.Should().BeEquivalentTo(new { Reset = false, Deleted = Array.Empty<string>() });
            changes.Current.Runs.Should().ContainSingle(run => run.RunId == id);
            cursor = changes.Current.Cursor;
        }

        await _server.EditRunAsync(id, new RunEdit { Name = "x" });
        await using var later = _server.FollowAsync(cursor, deadline.Token).GetAsyncEnumerator();
        (await later.MoveNextAsync()).Should().BeTrue();
        later.Current.Runs.Should().ContainSingle(run => run.RunId == id && run.Attributes);
        await _server.DeleteRunAsync(id);
        (await later.MoveNextAsync()).Should().BeTrue();
        later.Current.Deleted.Should().Equal(id);
    }

    [Fact]
    public async Task Following_ends_with_the_reader_and_is_refused_without_a_true_cursor()
    {
        using var mine = new CancellationTokenSource(_patience);
        var changes = _server.FollowAsync(cancellationToken: mine.Token).GetAsyncEnumerator();
        await changes.MoveNextAsync();
        var next = changes.MoveNextAsync();
        await mine.CancelAsync();
        await FluentActions.Awaiting(() => next.AsTask()).Should().ThrowAsync<OperationCanceledException>();

        await FluentActions.Awaiting(async () => await _server.FollowAsync("no cursor").GetAsyncEnumerator().MoveNextAsync())
            .Should().ThrowAsync<LocalServerException>().WithMessage("*a cursor is what an earlier event said*");
    }

    private async Task<string> OpenAsync(string name)
    {
        var (id, status) = await _client.OpenAsync(new Run { Workspace = "ws", Project = "proj", RunName = name });
        status.Should().Be(0);
        return Convert.ToHexStringLower(id.Span);
    }
}
