using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Metrana.Analyzers;

/// <summary>An analyzer of the calls that log.</summary>
public abstract class LoggingAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (LoggingTypes.Of(start.Compilation) is { } types)
            {
                start.RegisterOperationAction(
                    operation =>
                    {
                        IInvocationOperation call = (IInvocationOperation)operation.Operation;
                        if (types.Log(call.TargetMethod))
                        {
                            Look(operation, call);
                        }
                    },
                    OperationKind.Invocation);
            }
        });
    }

    /// <summary>Looks at a call that logs.</summary>
    private protected abstract void Look(OperationAnalysisContext context, IInvocationOperation call);
}
