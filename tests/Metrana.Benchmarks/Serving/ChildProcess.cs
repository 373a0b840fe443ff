using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Benchmarks.Serving;

/// <summary>This program once more, as another process.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a mode in a process that nothing else has used, and takes its result.</summary>
    /// <exception cref="NotDeliveredException">It ended with another exit code than 0. Why is on standard error.</exception>
    public static async Task<JsonObject> MeasureAsync(params string[] mode)
    {
        string output = Path.GetTempFileName();
        try
        {
            using Process process = Process.Start(Of([.. mode, "--json", output]))!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? JsonNode.Parse(await File.ReadAllTextAsync(output)) as JsonObject ?? throw new JsonException($"{mode[0]} ended with no object.")
                : throw new NotDeliveredException($"'{string.Join(' ', mode)}' ended with exit code {process.ExitCode}.");
        }
        finally
        {
            File.Delete(output);
        }
    }

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
