using System.Diagnostics;

namespace Metrana.Tool.Tests.Support;

/// <summary>A program that a test starts and waits for.</summary>
internal static class TestProcess
{
    public static async Task<ToolResult> RunAsync(string program, string[] arguments, Action<ProcessStartInfo>? change = null)
    {
        using var end = new CancellationTokenSource(TestTool.Deadline);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        change?.Invoke(start);
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync(end.Token);
            var output = await process.StandardOutput.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            return new ToolResult(process.ExitCode, output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
