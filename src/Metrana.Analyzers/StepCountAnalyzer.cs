using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Metrana.Analyzers;

/// <summary>Finds calls that spell out another number of steps than of values, which would throw.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StepCountAnalyzer : LoggingAnalyzer
{
    /// <summary>The id of the rule.</summary>
    public const string Id = "METRANA102";

    private static readonly DiagnosticDescriptor _rule = new(
        Id,
        title: "Values and steps differ in number",
        messageFormat: "This call throws: {0} came with {1}; give one step for each value, or only the step of the first as a number",
        category: "Metrana",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Steps that are given one by one are as many as the values. A single number is the step of the first value, and "
            + "each one after it gets one more.");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(_rule);

    private protected override void Look(OperationAnalysisContext context, IInvocationOperation call)
    {
        int? values = null, steps = null;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Syntax is not ArgumentSyntax { Expression: { } written })
            {
                continue;
            }

            switch (argument.Parameter)
            {
                case { Name: "value" or "values" }:
                    values = WrittenColumn.Length(written) ?? (IsNumber(argument.Value) ? 1 : null);
                    break;
                case { Name: "step" or "steps", Type.Name: "Steps" }:
                    steps = WrittenColumn.Length(written);
                    break;
            }
        }

        // No values log nothing, whatever their steps.
        if (values is > 0 && steps is > 0 && values != steps)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                _rule, call.Syntax.GetLocation(), Count(values.Value, "value"), Count(steps.Value, "step")));
        }
    }

    /// <summary>Whether it is a single number, whatever it is turned into.</summary>
    private static bool IsNumber(IOperation argument)
    {
        while (argument is IConversionOperation conversion)
        {
            argument = conversion.Operand;
        }

        return argument.Type?.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_Double;
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
