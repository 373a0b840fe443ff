using System.Collections.Immutable;
using Metrana.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Metrana.Tests.Support;

/// <summary>C# as a user writes it, in a project that references this library.</summary>
internal static class Snippet
{
    /// <summary>What a new project has without asking.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> _analyzers =
        [new MetricNameInLoopAnalyzer(), new StepCountAnalyzer(), new TensorArgumentAnalyzer()];

    private static readonly MetadataReference[] _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The code, as the first of its syntax trees, with what a new project has.</summary>
    public static CSharpCompilation Compile(string code, LanguageVersion version, OutputKind kind, string name = "Snippet")
    {
        CSharpParseOptions parse = new(version);
        return CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code, parse), CSharpSyntaxTree.ParseText(ImplicitUsings, parse)],
            _references,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
    }

    public static IReadOnlyList<string> Problems(CSharpCompilation compilation) =>
    [
        .. compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error or DiagnosticSeverity.Warning)
            .Select(diagnostic => diagnostic.ToString()),
    ];

    /// <summary>What the library's own analyzers say of it.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> AdviceAsync(CSharpCompilation compilation) =>
        await compilation.WithAnalyzers(_analyzers, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            onAnalyzerException: (e, _, _) => throw new InvalidOperationException("An analyzer failed.", e),
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false)).GetAnalyzerDiagnosticsAsync();
}
