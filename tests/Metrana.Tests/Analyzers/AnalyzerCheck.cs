using Metrana.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metrana.Tests.Analyzers;

/// <summary>Source goes in, diagnostics come out.</summary>
internal static class AnalyzerCheck
{
    /// <summary>What stands above each source: names that it may use.</summary>
    private const string Before = """
        using Metrana;
        using Native = Metrana.Native;
        using Run run = Run.InMemory();
        Native.LogBatch batch = new();
        double loss = 0.5;
        int layer = 3;
        double[] column = [1, 2, 3];
        _ = (batch, loss, layer, column);

        """;

    /// <summary>The id of each finding with the text that it is about.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(string code) =>
        [.. (await DiagnosticsAsync(code)).Select(found => $"{found.Id} {found.Location.SourceTree!.GetText().ToString(found.Location.SourceSpan)}")];

    public static async Task<IReadOnlyList<Diagnostic>> DiagnosticsAsync(string code)
    {
        CSharpCompilation compilation = Snippet.Compile(Before + code, LanguageVersion.Latest, OutputKind.ConsoleApplication);
        compilation.GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error).Should().BeEmpty();
        return await Snippet.AdviceAsync(compilation);
    }
}
