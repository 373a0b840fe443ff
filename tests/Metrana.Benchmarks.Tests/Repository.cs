using System.Runtime.CompilerServices;

namespace Benchmarks.Tests;

/// <summary>Files of the sources that these tests were built from.</summary>
internal static class Repository
{
    public static string File(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", path));
}
