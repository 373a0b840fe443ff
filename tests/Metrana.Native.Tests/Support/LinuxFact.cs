namespace Metrana.Native.Tests.Support;

/// <summary>A test of what only Linux has. Elsewhere it is reported as skipped, with the reason, and not as passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "The limits of threads are those of Linux.";
        }
    }
}
