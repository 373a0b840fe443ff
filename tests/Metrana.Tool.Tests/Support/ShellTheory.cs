using Xunit;

namespace Metrana.Tool.Tests.Support;

/// <summary>A test of what one shell does. Without it here, it is reported as skipped and not as passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string shell)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (OperatingSystem.IsWindows() || !path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, shell))))
        {
            Skip = $"There is no {shell} here.";
        }
    }
}
