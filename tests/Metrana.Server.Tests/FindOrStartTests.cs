using System.Collections.Concurrent;
using FluentAssertions;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>The server of a data directory, which programs share and nobody owns.</summary>
public sealed class FindOrStartTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metrana-data-");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        // Whatever a test left running must not outlive it.
        if (File.Exists(Path.Combine(_directory.FullName, "server.json")))
        {
            await using var server = await LocalServer.FindOrStartAsync(Options());
            await server.StopAsync();
        }

        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Whoever_comes_later_finds_what_the_first_one_started()
    {
        var first = await LocalServer.FindOrStartAsync(Options());
        await first.DisposeAsync();
        Processes.Runs(first.ProcessId).Should().BeTrue("it belongs to nobody");

        await using var second = await LocalServer.FindOrStartAsync(Options());

        second.ProcessId.Should().Be(first.ProcessId);
        (second.Endpoint, second.ApiKey).Should().Be((first.Endpoint, first.ApiKey));
        (await second.GetRunsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task All_who_come_at_once_find_the_same_one()
    {
        var ids = new ConcurrentBag<int>();
        await Parallel.ForAsync(0, 12, new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (_, cancellation) =>
        {
            await using var server = await LocalServer.FindOrStartAsync(Options(), cancellation);
            (await server.GetRunsAsync(cancellationToken: cancellation)).Should().BeEmpty();
            ids.Add(server.ProcessId);
        });

        ids.Should().HaveCount(12);
        ids.Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task It_ends_when_it_is_told_to_and_another_one_takes_its_place_with_the_same_key()
    {
        var first = await LocalServer.FindOrStartAsync(Options());
        await first.StopAsync();
        await Processes.UntilEndedAsync(first.ProcessId);

        await using var second = await LocalServer.FindOrStartAsync(Options());

        second.ProcessId.Should().NotBe(first.ProcessId);
        second.ApiKey.Should().Be(first.ApiKey);
    }

    [Fact]
    public async Task What_a_killed_one_left_behind_is_not_taken_for_it()
    {
        var first = await LocalServer.FindOrStartAsync(Options());
        Processes.Kill(first.ProcessId);
        await Processes.UntilEndedAsync(first.ProcessId);
        File.Exists(Path.Combine(_directory.FullName, "server.json")).Should().BeTrue("nobody was left to remove it");

        await using var second = await LocalServer.FindOrStartAsync(Options());

        second.ProcessId.Should().NotBe(first.ProcessId);
        (await second.GetRunsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task It_ends_by_itself_when_nobody_needs_it()
    {
        await using var server = await LocalServer.FindOrStartAsync(Options(idleExit: 1));

        await Processes.UntilEndedAsync(server.ProcessId);

        _directory.EnumerateFiles().Select(file => file.Name).Should().NotContain("server.json");
    }

    [Fact]
    public async Task Without_the_key_it_answers_nobody()
    {
        await using var server = await LocalServer.FindOrStartAsync(Options());
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri($"{server.HttpEndpoint}/api/v1/runs"));

        ((int)answer.StatusCode).Should().Be(401);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("authorization").And.NotContain(server.ApiKey);
    }

    [Fact]
    public async Task One_of_ones_own_can_have_a_directory_too()
    {
        await using (var own = await LocalServer.StartAsync(Options()))
        {
            (await own.GetRunsAsync()).Should().BeEmpty();
            await using var found = await LocalServer.FindOrStartAsync(Options());
            found.ProcessId.Should().Be(own.ProcessId);

            var second = () => LocalServer.StartAsync(Options());
            await second.Should().ThrowAsync<LocalServerException>().WithMessage($"*{own.ProcessId}*lives in*");
        }

        File.Exists(Path.Combine(_directory.FullName, "server.json")).Should().BeFalse();
    }

    [Fact]
    public async Task A_program_that_cannot_serve_is_told_with_its_last_words()
    {
        using var program = new FakeProgram("echo no such luck >&2; exit 1");

        var start = () => LocalServer.FindOrStartAsync(
            new LocalServerOptions { ProgramPath = program.Path, DataDirectory = _directory.FullName });

        await start.Should().ThrowAsync<LocalServerException>().WithMessage("*exit code 1*no such luck*");
    }

    private LocalServerOptions Options(int idleExit = 60) => new()
    {
        DataDirectory = _directory.FullName,
        Durability = ServerDurability.Ram,
        IdleExit = TimeSpan.FromSeconds(idleExit),
        StartTimeout = TimeSpan.FromSeconds(30),
    };
}
