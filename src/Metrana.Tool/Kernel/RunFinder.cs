using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>Finds the run that a person means.</summary>
internal static class RunFinder
{
    public const string Help = "A run: its id or the beginning of it, its name, project/name, or 'latest'";

    private const string Latest = "latest";
    private const int AtOnce = 10_000;
    private const int Suggested = 5;

    public static async Task<List<StoredRun>> AllAsync(LocalServer server, RunFilter filter, CancellationToken cancellationToken)
    {
        List<StoredRun> runs = [];
        while (true)
        {
            var page = await server.ListRunsAsync(filter with { Offset = runs.Count, Limit = AtOnce }, cancellationToken);
            runs.AddRange(page.Runs);
            if (page.Runs.Count == 0 || runs.Count >= page.Total)
            {
                return runs;
            }
        }
    }

    public static async Task<StoredRun> FindAsync(LocalServer server, string text, CancellationToken cancellationToken) =>
        (await FindAsync(server, [text], cancellationToken))[0];

    public static async Task<List<StoredRun>> FindAsync(
        LocalServer server, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var runs = await AllAsync(server, new RunFilter(), cancellationToken);
        return [.. texts.Select(text => Find(runs, text)).DistinctBy(run => run.RunId)];
    }

    /// <param name="runs">All runs, in the order they were opened.</param>
    /// <param name="text">What the person wrote.</param>
    internal static StoredRun Find(IReadOnlyList<StoredRun> runs, string text)
    {
        if (text.Length == 0)
        {
            throw ToolException.Usage($"No run is called ''. Give {char.ToLowerInvariant(Help[0])}{Help[1..]}.");
        }

        // The first of these that finds anything decides: a full name is never taken for the beginning of an id.
        Func<StoredRun, bool>[] readings =
        [
            run => run.RunId == text,
            run => $"{run.Workspace}/{run.Project}/{run.RunName}" == text,
            run => $"{run.Project}/{run.RunName}" == text || $"{run.Project}/{run.Name}" == text,
            run => run.RunName == text || run.Name == text,
            run => run.RunId.StartsWith(text, StringComparison.OrdinalIgnoreCase),
        ];
        foreach (var reading in readings)
        {
            var found = runs.Where(reading).ToList();
            if (found is [var one])
            {
                return one;
            }

            if (found.Count > 1)
            {
                throw ToolException.Usage(
                    $"'{text}' may be any of {found.Count} runs: {Named(found)}. Give the project or more of the id.");
            }
        }

        if (text == Latest && runs.Count > 0)
        {
            return runs.MaxBy(run => run.CreatedAtMillis)!;
        }

        var like = runs.Where(run => $"{run.Project}/{run.Name}".Contains(text, StringComparison.OrdinalIgnoreCase)).ToList();
        throw ToolException.NotFound(runs.Count == 0
            ? $"There is no run '{text}': this server holds none."
            : like.Count > 0
                ? $"There is no run '{text}'. Similar: {Named(like)}."
                : $"There is no run '{text}'. 'metrana ls' lists those that there are.");
    }

    private static string Named(List<StoredRun> runs)
    {
        var names = runs.TakeLast(Suggested).Select(run => $"{run.Project}/{run.Name} ({run.RunId[..Math.Min(8, run.RunId.Length)]})");
        return string.Join(", ", names) + (runs.Count > Suggested ? ", ..." : "");
    }
}
