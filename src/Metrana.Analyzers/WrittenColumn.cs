using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metrana.Analyzers;

/// <summary>Columns that the source writes out, item by item.</summary>
internal static class WrittenColumn
{
    /// <summary>
    /// How many items a literal array or a collection expression has; null of everything else. It reads the source, because
    /// the compiler of .NET 8 tells of collection expressions nowhere else.
    /// </summary>
    public static int? Length(ExpressionSyntax written) => written switch
    {
        ParenthesizedExpressionSyntax inner => Length(inner.Expression),
        CastExpressionSyntax cast => Length(cast.Expression),
        CollectionExpressionSyntax collection when collection.Elements.All(element => element is ExpressionElementSyntax) =>
            collection.Elements.Count,
        ArrayCreationExpressionSyntax { Initializer: { } items } => items.Expressions.Count,
        ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions.Count,
        StackAllocArrayCreationExpressionSyntax { Initializer: { } items } => items.Expressions.Count,
        ImplicitStackAllocArrayCreationExpressionSyntax array => array.Initializer.Expressions.Count,
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Each" },
            ArgumentList.Arguments: { Count: 1 } arguments,
        } => Length(arguments[0].Expression),
        _ => null,
    };
}
