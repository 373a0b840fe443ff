using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Metrana.Analyzers;

/// <summary>Finds metrics whose name is put together anew on each pass of a loop.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MetricNameInLoopAnalyzer : LoggingAnalyzer
{
    /// <summary>The id of the rule.</summary>
    public const string Id = "METRANA101";

    private static readonly DiagnosticDescriptor _rule = new(
        Id,
        title: "A metric's name is built inside a loop",
        messageFormat: "This metric name is built on each pass of the loop; give the metric one name and put what changes into labels, "
            + "or make a handle for each name before the loop (Series) and log through it",
        category: "Metrana",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A name that changes with the pass makes a new metric each time, which no chart can group, and every pass "
            + "allocates a string and looks it up. Labels tell the series of one metric apart; a handle is made once and costs neither.");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(_rule);

    private protected override void Look(OperationAnalysisContext context, IInvocationOperation call)
    {
        if (LoopAround(call) is not { } loop)
        {
            return;
        }

        foreach (IOperation name in call.Arguments.SelectMany(Names))
        {
            if (IsBuiltIn(loop, name))
            {
                context.ReportDiagnostic(Diagnostic.Create(_rule, name.Syntax.GetLocation()));
            }
        }
    }

    /// <summary>The names of metrics in an argument: itself, or the first items of its tuples.</summary>
    private static IEnumerable<IOperation> Names(IArgumentOperation argument)
    {
        if (argument.Parameter is { Name: "metric", Type.SpecialType: SpecialType.System_String })
        {
            return [Bare(argument.Value)];
        }

        return argument.Parameter is { Name: "metrics" }
            ? argument.Value.DescendantsAndSelf().OfType<ITupleOperation>().Where(tuple => tuple.Elements.Length == 2).Select(tuple => Bare(tuple.Elements[0]))
            : [];
    }

    /// <summary>Whether the name is put together in the loop, in the call itself or in a variable that the loop declares.</summary>
    private static bool IsBuiltIn(ILoopOperation loop, IOperation name)
    {
        if (name is ILocalReferenceOperation local)
        {
            return loop.Body.Descendants().OfType<IVariableDeclaratorOperation>().Any(declared =>
                SymbolEqualityComparer.Default.Equals(declared.Symbol, local.Local)
                && declared.GetVariableInitializer() is { } initializer
                && IsPutTogether(Bare(initializer.Value)));
        }

        return IsPutTogether(name);
    }

    private static bool IsPutTogether(IOperation text) => !text.ConstantValue.HasValue && text switch
    {
        IInterpolatedStringOperation interpolated => interpolated.Parts.OfType<IInterpolationOperation>().Any(),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } => text.Type?.SpecialType == SpecialType.System_String,
        IInvocationOperation { TargetMethod: { Name: "Concat" or "Format", ContainingType.SpecialType: SpecialType.System_String } } => true,
        _ => false,
    };

    /// <summary>The innermost loop that runs the call again and again; what a lambda does in a loop is another call's business.</summary>
    private static ILoopOperation? LoopAround(IOperation call)
    {
        for (IOperation? inner = call, outer = call.Parent; outer is not null; inner = outer, outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return null;
            }

            if (outer is ILoopOperation loop && loop.Body == inner)
            {
                return loop;
            }
        }

        return null;
    }

    private static IOperation Bare(IOperation value)
    {
        while (value is IConversionOperation or IParenthesizedOperation)
        {
            value = value is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)value).Operand;
        }

        return value;
    }
}
