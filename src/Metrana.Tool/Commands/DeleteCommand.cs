using System.CommandLine;
using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana delete</c>: removes runs for good, once the person has said so.</summary>
internal sealed class DeleteCommand : ServerCommand
{
    private readonly Argument<string[]> _runs;
    private readonly Option<bool> _yes;

    public DeleteCommand(ToolHost host)
        : base(host, "delete", "Remove runs with all that they hold. Nothing brings them back")
    {
        _runs = Runs();
        _yes = Option("--yes", "Do not ask", false, "-y");
        Does(DeleteAsync);
    }

    private async Task<int> DeleteAsync(ToolSession session, CancellationToken cancellationToken)
    {
        await using var server = await session.ConnectAsync(cancellationToken);
        // All are found before any is removed: a mistyped name changes nothing.
        var runs = await RunFinder.FindAsync(server, session.Value(_runs), cancellationToken);
        if (!session.Value(_yes) && !Asks(session, runs))
        {
            session.Tell("Nothing was deleted.");
            return ExitCode.Failure;
        }

        List<StoredRun> deleted = [];
        try
        {
            foreach (var run in runs)
            {
                await server.DeleteRunAsync(run.RunId, cancellationToken);
                deleted.Add(run);
            }
        }
        finally
        {
            session.Answer(
                new { Deleted = deleted.Select(RunJson.Of) },
                console => deleted.ForEach(run => console.Output.WriteLine(Plain.Line($"deleted {run.Project}/{run.Name} ({run.RunId})"))));
        }

        return ExitCode.Success;
    }

    private static bool Asks(ToolSession session, List<StoredRun> runs)
    {
        if (!session.Console.InputIsTerminal)
        {
            throw ToolException.Usage("There is nobody to ask whether the runs are to be deleted: give --yes.");
        }

        foreach (var run in runs)
        {
            session.Console.Error.WriteLine(Plain.Line(
                $"  {run.Project}/{run.Name} ({run.RunId[..Math.Min(8, run.RunId.Length)]}), {StatusLook.Name(run.Status)}, {Figures.Of(run.Points)} points"));
        }

        session.Console.Error.Write($"Delete {(runs.Count == 1 ? "this run" : $"these {runs.Count} runs")} for good? [y/N] ");
        session.Console.Error.Flush();
        return session.Console.Input.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
