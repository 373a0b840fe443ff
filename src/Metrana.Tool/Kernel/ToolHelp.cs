using System.CommandLine;
using System.CommandLine.Parsing;

namespace Metrana.Tool.Kernel;

/// <summary>What is told to somebody who does not know the command yet.</summary>
internal static class ToolHelp
{
    /// <summary>Help for whoever gave no command, which is wrong for a script.</summary>
    public static async Task<int> WriteAsync(Command root, ToolHost host)
    {
        await root.Parse("--help").InvokeAsync(new InvocationConfiguration { Output = host.Console.Error, Error = host.Console.Error });
        return ExitCode.Usage;
    }

    /// <summary>The command as it was written, such as <c>metrana show</c>.</summary>
    public static string Path(CommandResult result) => result.Parent is CommandResult parent
        ? $"{Path(parent)} {result.Command.Name}"
        : result.Command.Name;
}
