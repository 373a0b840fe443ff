using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Watching;

/// <summary>What <c>watch</c> writes where no terminal is: a line for each point that comes, with its run.</summary>
internal static class WatchLines
{
    /// <param name="session">Where they are written.</param>
    /// <param name="server">The server.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="filter">Which metrics.</param>
    /// <param name="once">Whether only the last of each is written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task WriteAsync(
        ToolSession session, LocalServer server, List<StoredRun> runs, string filter, bool once, CancellationToken cancellationToken)
    {
        string[] metrics = filter.Length == 0 ? [] : [filter.Contains('*', StringComparison.Ordinal) ? filter : $"*{filter}*"];
        var tails = runs.ToDictionary(run => run.RunId, run => (Run: run, Tail: new RunTail(server, run.RunId, metrics, 1)));
        foreach (var (run, tail) in tails.Values)
        {
            Write(session, run, await tail.ReadAsync(run.Closed, cancellationToken));
        }

        foreach (var run in runs.Where(run => once || run.Closed))
        {
            tails.Remove(run.RunId);
        }

        if (tails.Count == 0)
        {
            return;
        }

        await foreach (var changes in server.FollowAsync(cancellationToken: cancellationToken))
        {
            foreach (var id in changes.Reset ? [.. tails.Keys] : changes.Runs.Select(one => one.RunId).Where(tails.ContainsKey).ToList())
            {
                var closed = (await server.GetRunAsync(id, cancellationToken)).Closed;
                Write(session, tails[id].Run, await tails[id].Tail.ReadAsync(closed, cancellationToken));
                if (closed)
                {
                    tails.Remove(id);
                }
            }

            foreach (var id in changes.Deleted)
            {
                tails.Remove(id);
            }

            if (tails.Count == 0)
            {
                return;
            }
        }
    }

    private static void Write(ToolSession session, StoredRun run, List<TailLine> lines)
    {
        var name = $"{run.Project}/{run.Name}";
        foreach (var line in lines)
        {
            session.Console.Output.WriteLine(session.Json
                ? ToolJson.Write(new { Run = run.RunId, Point = line.Json() })
                : $"{Plain.Line(name)}\t{line.Text(people: false)}");
        }

        session.Console.Output.Flush();
    }
}
