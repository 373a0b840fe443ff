using System.CommandLine;
using System.CommandLine.Help;
using Metrana.Tool.Commands;
using Metrana.Tool.Kernel;

namespace Metrana.Tool;

/// <summary>The command <c>metrana</c>.</summary>
internal static class MetranaTool
{
    public static Command Create(ToolHost host)
    {
        // No RootCommand: that is called after the file, whatever the command is called.
        Command root = new("metrana", "Runs in the terminal: list, show, follow, export, import; and the server and its page.")
        {
            new LsCommand(host),
            new ShowCommand(host),
            new GetCommand(host),
            new TailCommand(host),
            new WatchCommand(host),
            new ExportCommand(host),
            new ImportCommand(host),
            new SqlCommand(host),
            new McpCommand(host),
            new ServeCommand(host),
            new UiCommand(host),
            new DeleteCommand(host),
            new BackupCommand(host),
            new DoctorCommand(host),
            new VersionCommand(host),
            new CompletionCommand(host),
            new CompleteCommand(host),
        };
        root.Options.Add(new HelpOption { Recursive = true });
        root.SetAction(_ => ToolHelp.WriteAsync(root, host));
        return root;
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, ToolHost host, CancellationToken cancellationToken = default)
    {
        var parsed = Create(host).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await host.Console.Error.WriteLineAsync("metrana: " + Plain.Text(error.Message));
            }

            await host.Console.Error.WriteLineAsync($"'{ToolHelp.Path(parsed.CommandResult)} --help' tells what it takes.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = host.Console.Output,
                Error = host.Console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            },
            cancellationToken);
    }
}
