using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>Nothing else of these tests runs meanwhile: the descriptors of the whole process are counted.</summary>
[CollectionDefinition(nameof(StartsTests), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(StartsTests))]
public sealed class StartsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metrana-starts-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary><c>METRANA_STARTS</c> says how often, for a long trial.</summary>
    [Fact]
    public async Task Starts_and_stops_leave_no_process_descriptor_or_file()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("METRANA_STARTS") ?? "6", CultureInfo.InvariantCulture);
        var data = Path.Combine(_directory.FullName, "data");
        List<int> ids = [];
        await RoundAsync();
        var (descriptors, files) = (Descriptors(), Files());

        for (var round = 1; round < rounds; round++)
        {
            await RoundAsync();
        }

        ids.Should().NotContain(id => Processes.Runs(id));
        Files().Should().Equal(files);
        // Sockets that were given up may take a moment to close. Each round would leave one at least.
        var bound = descriptors + Math.Max(rounds, 4);
        await Eventually.ShouldAsync(() => Descriptors() < bound, "the descriptors are closed", TimeSpan.FromSeconds(20));

        async Task RoundAsync()
        {
            // In memory, with data, one that is found again, and one that outlives its starter: each leaves its own things.
            await using (var server = await LocalServer.StartAsync())
            {
                ids.Add(server.ProcessId);
                (await server.GetRunsAsync()).Should().BeEmpty();
            }

            await using (var server = await LocalServer.StartAsync(new LocalServerOptions { DataDirectory = data }))
            {
                ids.Add(server.ProcessId);
                await using var found = await LocalServer.FindOrStartAsync(data);
                found.ProcessId.Should().Be(server.ProcessId);
            }

            await using (var server = await LocalServer.FindOrStartAsync(data))
            {
                ids.Add(server.ProcessId);
                (await server.GetRunsAsync()).Should().BeEmpty();
                await server.StopAsync();
                await Processes.UntilEndedAsync(server.ProcessId);
            }
        }

        string[] Files() => [.. Directory.EnumerateFileSystemEntries(_directory.FullName, "*", SearchOption.AllDirectories).Order()];
    }

    private static int Descriptors()
    {
        // What the collector has not come to yet is no leak.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFileSystemEntries("/proc/self/fd").Length;
    }
}
