using System.Runtime.InteropServices;

namespace Benchmarks.Floors;

/// <summary>The native library that this program uses, by the same rule as the library that it measures.</summary>
internal static class NativeFile
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("METRANA_NATIVE_PATH") is { Length: > 0 } named)
        {
            return named;
        }

        const string Name = "libmetrana_native.so";
        string rid = $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        string[] places =
        [
            System.IO.Path.Combine(AppContext.BaseDirectory, Name),
            System.IO.Path.Combine(AppContext.BaseDirectory, "runtimes", rid, "native", Name),
        ];
        return places.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"None of {string.Join(", ", places)} exists.");
    }
}
