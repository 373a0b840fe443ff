using System.Diagnostics;
using System.Reflection;

namespace Metrana.Benchmarks.Serving;

/// <summary>This program once more, as another process.</summary>
internal static class ChildProcess
{
    /// <summary>How to start it, with its standard input and output in pipes.</summary>
    public static ProcessStartInfo Of(params ReadOnlySpan<string> arguments)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The program does not know its own file.");
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
