using Microsoft.CodeAnalysis;

namespace Metrana.Analyzers;

/// <summary>The types whose calls log, as far as the compiled project knows them.</summary>
internal sealed class LoggingTypes
{
    private static readonly string[] _names =
    [
        "Metrana.Run",
        "Metrana.RunEvaluation",
        "Metrana.Series",
        "Metrana.RlSeries",
        "Metrana.Native.Logger",
        "Metrana.Native.LogBatch",
        "Metrana.Native.Series",
        "Metrana.Native.RlSeries",
    ];

    private readonly INamedTypeSymbol[] _types;

    private LoggingTypes(INamedTypeSymbol[] types) => _types = types;

    /// <summary>Those of a project, or null when it uses none of them.</summary>
    public static LoggingTypes? Of(Compilation compilation)
    {
        INamedTypeSymbol[] types = [.. _names.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>()];
        return types.Length == 0 ? null : new LoggingTypes(types);
    }

    /// <summary>Whether the method is one that logs: of one of the types, and named <c>Log...</c>, <c>Add</c> or <c>Time</c>.</summary>
    public bool Log(IMethodSymbol method) =>
        (method.Name.StartsWith("Log", StringComparison.Ordinal) || method.Name is "Add" or "Time")
        && _types.Any(type => SymbolEqualityComparer.Default.Equals(type, method.ContainingType));
}
