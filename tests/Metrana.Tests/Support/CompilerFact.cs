namespace Metrana.Tests.Support;

/// <summary>
/// A test that needs a C compiler. Without one it is reported as skipped, with the reason, and not as passed; a build machine, which
/// sets CI, has one, so that there it fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute() => Skip = Compiler.WhyNot;
}

/// <summary>The same for a test with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompilerTheoryAttribute : TheoryAttribute
{
    public CompilerTheoryAttribute() => Skip = Compiler.WhyNot;
}

/// <summary>The C compiler of this machine.</summary>
internal static class Compiler
{
    public const string Name = "cc";

    /// <summary>Why nothing can be compiled here; null where something can, or where it has to be possible.</summary>
    public static string? WhyNot { get; } = IsThere() || Environment.GetEnvironmentVariable("CI") is { Length: > 0 }
        ? null
        : $"There is no C compiler ('{Name}') on this machine, so no library could be made.";

    private static bool IsThere() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, Name)));
}
