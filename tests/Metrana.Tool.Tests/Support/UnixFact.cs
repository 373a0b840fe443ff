using Xunit;

namespace Metrana.Tool.Tests.Support;

/// <summary>A test of the modes of files. On Windows it is reported as skipped, with the reason, and not as passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Files have no modes on Windows.";
        }
    }
}
