using Xunit;

namespace Metrana.Tool.Tests.Support;

/// <summary>A test of what one shell does. Without it here, it is reported as skipped and not as passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string shell) => Skip = Programs.Missing(shell);
}

/// <summary>A test at a real terminal, which the program <c>script</c> of Linux makes.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() =>
        Skip = OperatingSystem.IsLinux() ? Programs.Missing("script") : "The program script takes other options here.";
}

/// <summary>What is installed.</summary>
internal static class Programs
{
    /// <summary>Why a test that needs a program cannot run; null where the program is there.</summary>
    public static string? Missing(string program)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return OperatingSystem.IsWindows() || !path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)))
            ? $"There is no {program} here."
            : null;
    }
}
