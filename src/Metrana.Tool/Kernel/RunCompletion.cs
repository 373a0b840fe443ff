using System.CommandLine.Completions;
using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>Runs that a shell proposes while somebody types.</summary>
internal static class RunCompletion
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <remarks>No server is started for it, and nothing is said when none answers: the person is in the middle of a word.</remarks>
    public static IEnumerable<CompletionItem> Of(ServerChoice choice, ToolHost host, CompletionContext context)
    {
        using var deadline = new CancellationTokenSource(_patience);
        try
        {
            var place = choice.Read(context.ParseResult, host);
            return Task.Run(() => NamesAsync(place, deadline.Token)).GetAwaiter().GetResult()
                .Where(name => name.StartsWith(context.WordToComplete, StringComparison.Ordinal))
                .Select(name => new CompletionItem(name));
        }
        catch (Exception e) when (e is ToolException or LocalServerException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static async Task<List<string>> NamesAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        var found = place.Url is null
            ? await LocalServer.FindAsync(place.Directory, cancellationToken)
            : LocalServer.At(place.Url, place.Key);
        if (found is null)
        {
            return [];
        }

        await using (found)
        {
            var newest = await found.ListRunsAsync(
                new RunFilter { Order = RunOrder.CreatedLast, Limit = 200, Hidden = false }, cancellationToken);
            return [.. newest.Runs.Select(run => $"{run.Project}/{run.Name}").Append("latest").Select(Plain.Line)];
        }
    }
}
