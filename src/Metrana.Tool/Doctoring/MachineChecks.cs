using System.Diagnostics;
using System.Runtime.InteropServices;
using Metrana.Native;
using Metrana.Native.Interop;
using Metrana.Server;
using Metrana.Server.Child;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Doctoring;

/// <summary>What this machine has.</summary>
internal static class MachineChecks
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    public static Finding Platform() => new(
        "platform", FindingState.Good, $"{ServerProgram.Rid}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");

    public static Finding NativeLibrary()
    {
        try
        {
            NativeLibraryLocator.EnsureLoaded();
            return new Finding("native library", FindingState.Good, $"{NativeLibraryLocator.FileName}, interface {NativeLibraryLocator.AbiVersion}");
        }
        catch (MetranaException e)
        {
            return new Finding("native library", FindingState.Bad, e.Message, "Without it this machine can read runs and log none.");
        }
    }

    public static async Task<Finding> ServerProgramAsync(CancellationToken cancellationToken)
    {
        const string what = "server program";
        string program;
        try
        {
            program = ServerProgram.Find(null);
            ServerProgram.MakeExecutable(program);
        }
        catch (LocalServerException e)
        {
            return new Finding(what, FindingState.Bad, e.Message, "A server that runs elsewhere can be used with --url.");
        }

        try
        {
            var version = await VersionAsync(program, cancellationToken);
            return version.Contains(Commands.VersionCommand.Own, StringComparison.Ordinal)
                ? new Finding(what, FindingState.Good, $"{version} at {program}")
                : new Finding(
                    what,
                    FindingState.Note,
                    $"{version} at {program}",
                    $"This tool is {Commands.VersionCommand.Own}: take a server of the same version if something is amiss.");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or TimeoutException)
        {
            return new Finding(what, FindingState.Bad, $"{program} cannot be run: {e.Message}", "It may be made for another machine.");
        }
    }

    public static Finding Terminal(ToolConsole console) => new(
        "terminal",
        FindingState.Good,
        console.OutputIsTerminal
            ? $"{console.Width} x {console.Height}, {console.Screen.Profile.Capabilities.ColorSystem} colours"
            : "none: tables are written with tabs, and without colours");

    private static async Task<string> VersionAsync(string program, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("it did not start");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_patience);
        try
        {
            var version = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0
                ? version.Trim()
                : throw new InvalidOperationException($"'--version' ended with {process.ExitCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill();
            throw new TimeoutException($"'--version' took longer than {_patience.TotalSeconds} seconds");
        }
    }
}
