using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Metrana.Analyzers;

/// <summary>Finds tensors that are given where numbers are logged. The compiler refuses them, and cannot say what to write instead.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TensorArgumentAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The id of the rule.</summary>
    public const string Id = "METRANA103";

    private static readonly DiagnosticDescriptor _rule = new(
        Id,
        title: "A tensor is logged by its numbers",
        messageFormat: "A {0} is logged by its numbers: {1}",
        category: "Metrana",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Numbers are taken from spans, arrays and lists. A tensor may have gaps between its numbers, or have them on "
            + "another device, so there is no conversion of its own.");

    // A type's name, and what to write for a tensor of that type.
    private static readonly ImmutableDictionary<string, string> _numbersOf = new Dictionary<string, string>
    {
        ["System.Numerics.Tensors.Tensor`1"] = "{0}.GetSpan(start, length)",
        ["System.Numerics.Tensors.TensorSpan`1"] = "{0}.GetSpan(start, length)",
        ["System.Numerics.Tensors.ReadOnlyTensorSpan`1"] = "{0}.GetSpan(start, length)",
        ["TorchSharp.torch+Tensor"] = "{0}.item<float>() of one number, {0}.cpu().data<float>().ToArray() of several",
    }.ToImmutableDictionary();

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(_rule);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            ImmutableDictionary<ISymbol, string> tensors = _numbersOf
                .Select(tensor => (Type: start.Compilation.GetTypeByMetadataName(tensor.Key), tensor.Value))
                .Where(tensor => tensor.Type is not null)
                .ToImmutableDictionary(tensor => (ISymbol)tensor.Type!, tensor => tensor.Value, SymbolEqualityComparer.Default);
            if (!tensors.IsEmpty && LoggingTypes.Of(start.Compilation) is { } types)
            {
                // A call that does not compile is no invocation operation, so the syntax is asked.
                start.RegisterSyntaxNodeAction(node => Look(node, types, tensors), SyntaxKind.InvocationExpression);
            }
        });
    }

    private static void Look(SyntaxNodeAnalysisContext context, LoggingTypes types, ImmutableDictionary<ISymbol, string> tensors)
    {
        InvocationExpressionSyntax call = (InvocationExpressionSyntax)context.Node;
        foreach (ArgumentSyntax argument in call.ArgumentList.Arguments)
        {
            if (context.SemanticModel.GetTypeInfo(argument.Expression, context.CancellationToken).Type is { } type
                && tensors.TryGetValue(type.OriginalDefinition, out string? numbers)
                && context.SemanticModel.GetMemberGroup(call.Expression, context.CancellationToken).OfType<IMethodSymbol>().Any(types.Log))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    _rule,
                    argument.Expression.GetLocation(),
                    type.ToMinimalDisplayString(context.SemanticModel, argument.SpanStart),
                    string.Format(CultureInfo.InvariantCulture, numbers, argument.Expression)));
            }
        }
    }
}
