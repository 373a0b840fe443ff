using System.Diagnostics;

namespace Metrana.Tool.Kernel;

/// <summary>What a command has of the world around it.</summary>
/// <param name="Console">Its terminal.</param>
/// <param name="Variable">The variables of the environment.</param>
/// <param name="Browse">Opens a page; false where this machine has no way to.</param>
/// <param name="Clock">What time it is.</param>
internal sealed record ToolHost(ToolConsole Console, Func<string, string?> Variable, Func<Uri, bool> Browse, TimeProvider Clock)
{
    /// <summary>Standard input and output as bytes, for a protocol.</summary>
    public Func<(Stream Input, Stream Output)> Streams { get; init; } =
        () => (System.Console.OpenStandardInput(), System.Console.OpenStandardOutput());

    public static ToolHost OfProcess() =>
        new(ToolConsole.OfProcess(), Environment.GetEnvironmentVariable, OpenBrowser, TimeProvider.System);

    private static bool OpenBrowser(Uri address)
    {
        try
        {
            var start = OperatingSystem.IsLinux()
                ? new ProcessStartInfo("xdg-open", address.AbsoluteUri) { RedirectStandardOutput = true, RedirectStandardError = true }
                : new ProcessStartInfo(address.AbsoluteUri) { UseShellExecute = true };
            using var process = Process.Start(start);
            return process is not null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
