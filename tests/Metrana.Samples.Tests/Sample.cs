using System.Diagnostics;

namespace Metrana.Samples.Tests;

/// <summary>A sample that ran as a program of its own.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">What it said.</param>
/// <param name="Error">What it said on standard error.</param>
internal sealed record Sample(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    public static Task<Sample> RunAsync(string name, params string[] arguments) => RunAsync(name, [], arguments);

    public static async Task<Sample> RunAsync(string name, (string Name, string Value)[] variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync();
        var error = program.StandardError.ReadToEndAsync();
        try
        {
            await program.WaitForExitAsync().WaitAsync(_deadline);
        }
        finally
        {
            if (!program.HasExited)
            {
                program.Kill(entireProcessTree: true);
            }
        }

        return new Sample(program.ExitCode, await output, await error);
    }
}
