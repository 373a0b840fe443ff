using System.CommandLine;
using System.Threading.Channels;
using Metrana.Server;
using Metrana.Tool.Kernel;
using Metrana.Tool.Watching;
using Spectre.Console;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana watch</c>: charts of runs in the terminal, as they grow.</summary>
internal sealed class WatchCommand : ServerCommand
{
    private static readonly TimeSpan _keys = TimeSpan.FromMilliseconds(50);

    private readonly Argument<string[]> _runs;
    private readonly Option<string> _filter;
    private readonly Option<bool> _log;
    private readonly Option<bool> _once;

    public WatchCommand(ToolHost host)
        : base(host, "watch", "Draw runs in the terminal, as they grow")
    {
        _runs = Runs();
        _filter = Option("--filter", "Only metrics with this in their name; * stands for any text", "", "-m");
        _log = Option("--log", "Logarithmic vertical axes", false);
        _once = Option("--once", "Draw once and end", false);
        Does(WatchAsync);
    }

    private async Task WatchAsync(ToolSession session, CancellationToken cancellationToken)
    {
        await using var server = await session.ConnectAsync(cancellationToken);
        var runs = await RunFinder.FindAsync(server, session.Value(_runs), cancellationToken);
        var reader = new WatchReader(server, [.. runs.Select(run => run.RunId)]);
        var view = new WatchView(session.Value(_filter), session.Value(_log));
        if (session.Json || !session.Console.OutputIsTerminal)
        {
            await WatchLines.WriteAsync(session, server, runs, view.Filter, session.Value(_once), cancellationToken);
        }
        else if (session.Value(_once))
        {
            var (shown, fitting) = await ReadAsync(session.Console, reader, view, runs.Count, cancellationToken);
            session.Console.Screen.Write(FrameRenderer.Draw(shown, fitting, view, session.Console.Width, session.Console.Height - 1));
            session.Console.Screen.WriteLine();
        }
        else
        {
            await LiveAsync(session.Console, server, reader, view, runs.Count, cancellationToken);
        }
    }

    private static async Task LiveAsync(
        ToolConsole console, LocalServer server, WatchReader reader, WatchView view, int runs, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var following = FollowAsync(server, changes.Writer, end.Token);
        console.Screen.Cursor.Hide();
        console.Screen.Clear();
        try
        {
            while (true)
            {
                var (width, height) = (console.Width, console.Height);
                var (shown, fitting) = await ReadAsync(console, reader, view, runs, cancellationToken);
                console.Screen.Cursor.SetPosition(0, 0);
                console.Screen.Write(FrameRenderer.Draw(shown, fitting, view, width, height - 1));
                var page = Math.Max(1, shown.Charts.Count);
                while (true)
                {
                    if (console.ReadKey() is { } key)
                    {
                        if (view.Press(key, page, fitting) is not { } next)
                        {
                            return;
                        }

                        view = next;
                        console.Screen.Clear();
                        break;
                    }

                    if ((console.Width, console.Height) != (width, height))
                    {
                        console.Screen.Clear();
                        break;
                    }

                    if (changes.Reader.TryRead(out _))
                    {
                        break;
                    }

                    if (following.IsCompleted)
                    {
                        await following;
                        return;
                    }

                    await Task.Delay(_keys, cancellationToken);
                }
            }
        }
        finally
        {
            await end.CancelAsync();
            console.Screen.Cursor.Show();
            console.Screen.WriteLine();
        }
    }

    private static Task<(WatchedRuns Shown, int Fitting)> ReadAsync(
        ToolConsole console, WatchReader reader, WatchView view, int runs, CancellationToken cancellationToken)
    {
        var (columns, rows, width, _) = FrameRenderer.Grid(console.Width, console.Height - 1, runs);
        return reader.ReadAsync(view.Filter, view.Skip, columns * rows, width * 2, cancellationToken);
    }

    private static async Task FollowAsync(LocalServer server, ChannelWriter<bool> changed, CancellationToken cancellationToken)
    {
        await foreach (var _ in server.FollowAsync(cancellationToken: cancellationToken))
        {
            changed.TryWrite(true);
        }
    }
}
