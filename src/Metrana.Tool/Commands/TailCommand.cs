using System.CommandLine;
using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana tail</c>: the last points of a run, and those that come.</summary>
internal sealed class TailCommand : ServerCommand
{
    private readonly Argument<string> _run;

    private readonly Argument<string[]> _metrics = new("metrics")
    {
        Description = SeriesFinder.Help + "; without it all",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<int> _lines;
    private readonly Option<bool> _follow;

    public TailCommand(ToolHost host)
        : base(host, "tail", "Print the last points of a run, and with --follow those that come")
    {
        _run = Run();
        Arguments.Add(_metrics);
        _lines = Count("--lines", "How many points of each series come first", 5, least: 0, most: 100_000, "-n");
        _follow = Option("--follow", "Go on with what comes, until the run ends", false, "-f");
        Does(TailAsync);
    }

    private async Task TailAsync(ToolSession session, CancellationToken cancellationToken)
    {
        await using var server = await session.ConnectAsync(cancellationToken);
        var run = await RunFinder.FindAsync(server, session.Value(_run), cancellationToken);
        var tail = new RunTail(server, run.RunId, session.Value(_metrics), session.Value(_lines));
        Write(session, await tail.ReadAsync(run.Closed, cancellationToken));
        if (!session.Value(_follow) || run.Closed)
        {
            return;
        }

        // The first change says that everything has to be read, and so nothing is missed between the two readings.
        await foreach (var changes in server.FollowAsync(cancellationToken: cancellationToken))
        {
            if (changes.Deleted.Contains(run.RunId))
            {
                throw ToolException.NotFound($"{run.Project}/{run.Name} was deleted.");
            }

            if (!changes.Reset && !changes.Runs.Any(one => one.RunId == run.RunId))
            {
                continue;
            }

            // Whether it is closed is asked first: what comes before the end is then in what is read after it.
            var closed = (await server.GetRunAsync(run.RunId, cancellationToken)).Closed;
            Write(session, await tail.ReadAsync(closed, cancellationToken));
            if (closed)
            {
                return;
            }
        }

        throw new LocalServerException("The server ended while the run was followed.");
    }

    private static void Write(ToolSession session, List<TailLine> lines)
    {
        foreach (var line in lines)
        {
            session.Console.Output.WriteLine(session.Json ? ToolJson.Write(line.Json()) : line.Text(session.Console.OutputIsTerminal));
        }

        session.Console.Output.Flush();
    }
}
