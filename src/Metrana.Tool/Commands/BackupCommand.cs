using System.CommandLine;
using System.Diagnostics;
using Metrana.Server.Child;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana backup</c>: copies a data directory, also while a server uses it.</summary>
internal sealed class BackupCommand : ToolCommand
{
    private readonly Argument<string> _to = new("to") { Description = "The directory to make, which must not hold runs yet" };
    private readonly Option<string?> _data;

    public BackupCommand(ToolHost host)
        : base(host, "backup", "Copy all runs to another directory, also while a server uses them")
    {
        Arguments.Add(_to);
        _data = Optional<string>("--data", "The data directory that is copied [default: this user's own]");
        Does(CopyAsync);
    }

    private async Task CopyAsync(ToolSession session, CancellationToken cancellationToken)
    {
        var from = new ServerPlace(session.Value(_data), null, null);
        if (!from.HasData)
        {
            throw ToolException.NotFound($"There are no runs in {from.Directory} to copy. Name another directory with --data.");
        }

        var to = Path.GetFullPath(session.Value(_to));
        var program = ServerProgram.Find(null);
        ServerProgram.MakeExecutable(program);
        var start = new ProcessStartInfo(program, ["backup", "--data", from.Directory, to])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new ToolException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            using var progress = Progress.Start(session.Console, "copying", () => Figures.Bytes(Size(to)));
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        await output;
        if (process.ExitCode != 0)
        {
            throw new ToolException($"The copy failed: {(await error).Trim()}");
        }

        var bytes = Size(to);
        session.Answer(
            new { From = from.Directory, To = to, Bytes = bytes },
            console => console.Output.WriteLine($"copied {from.Directory} to {to}, {Figures.Bytes(bytes)}"));
    }

    private static long Size(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).EnumerateFiles("metrana.db*").Sum(file => file.Length);
        }
        catch (IOException)
        {
            return 0; // Not there yet, or a file that went while it was looked at.
        }
    }
}
