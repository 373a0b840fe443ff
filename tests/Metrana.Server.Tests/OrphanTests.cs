using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>What becomes of a server whose owner is killed and can do nothing more.</summary>
public sealed class OrphanTests
{
    private sealed record Owned(int ServerId, string HttpEndpoint, int[] Others);

    [Fact]
    public async Task It_ends_when_its_owner_is_killed()
    {
        var owned = await KillOwnerAsync();

        await Processes.UntilEndedAsync(owned.ServerId);
    }

    [Fact]
    public async Task Other_children_of_its_owner_do_not_keep_it_alive()
    {
        var owned = await KillOwnerAsync("--children");
        try
        {
            await Processes.UntilEndedAsync(owned.ServerId);
            owned.Others.Should().OnlyContain(id => Processes.Runs(id), "they were there while the server ended");
        }
        finally
        {
            Array.ForEach(owned.Others, Processes.Kill);
        }
    }

    [Fact]
    public async Task One_that_lingers_serves_on_when_its_owner_is_killed()
    {
        var owned = await KillOwnerAsync("--linger");
        try
        {
            using var http = new HttpClient();
            (await http.GetStringAsync($"{owned.HttpEndpoint}/api/v1/counts")).Should().Contain("runs");
            Processes.Runs(owned.ServerId).Should().BeTrue();
        }
        finally
        {
            Processes.Kill(owned.ServerId);
        }
    }

    private static async Task<Owned> KillOwnerAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Metrana.Server.TestParent.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var owner = Process.Start(start)!;
        var words = (await owner.StandardOutput.ReadLineAsync())!.Split(' ');
        int[] ids = [.. words.Where((_, place) => place != 1).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
        Processes.Runs(ids[0]).Should().BeTrue();

        owner.Kill(); // SIGKILL: no handler of it runs.
        await owner.WaitForExitAsync();
        return new Owned(ids[0], words[1], [.. ids[1..].Where(id => id != 0)]);
    }
}
