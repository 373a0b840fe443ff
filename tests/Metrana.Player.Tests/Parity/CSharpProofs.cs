using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metrana.Player.Tests.Parity;

/// <summary>Reads the C# tests' sources for what they say that they prove.</summary>
internal static class CSharpProofs
{
    private const string Claim = "ParityRow";

    public static IEnumerable<ParityProof> Read() => Directory
        .EnumerateFiles(Path.Combine(Checkout.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Checkout.Root, file).Split(Path.DirectorySeparatorChar).Any(folder => folder is "obj" or "bin"))
        .Select(File.ReadAllText)
        .Where(source => source.Contains($"[{Claim}(", StringComparison.Ordinal))
        .SelectMany(Of);

    public static IEnumerable<ParityProof> Of(string source) =>
        CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().SelectMany(Of);

    private static IEnumerable<ParityProof> Of(MethodDeclarationSyntax method)
    {
        AttributeSyntax[] attributes = [.. method.AttributeLists.SelectMany(list => list.Attributes)];
        AttributeSyntax[] claims = [.. attributes.Where(attribute => attribute.Name.ToString() == Claim)];
        if (claims.Length == 0)
        {
            return [];
        }

        var type = (TypeDeclarationSyntax)method.Parent!;
        var space = type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Single().Name;
        var text = TextOf(method, type);
        var isTest = attributes.Any(attribute => attribute.Name.ToString() is var name
            && (name.EndsWith("Fact", StringComparison.Ordinal) || name.EndsWith("Theory", StringComparison.Ordinal)));
        return claims.Select(claim =>
        {
            var arguments = claim.ArgumentList!.Arguments;
            string[] words = [.. arguments.Where(argument => argument.NameEquals is null).Select(Text)];
            var played = arguments.Where(argument => argument.NameEquals is not null)
                .Select(argument => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", Text(argument))));
            return new ParityProof(
                $"{space}.{type.Identifier.Text}.{method.Identifier.Text}", isTest, words[0], words[1..], string.Join('\n', played.Prepend(text)));
        });
    }

    private static string Text(AttributeArgumentSyntax argument) => ((LiteralExpressionSyntax)argument.Expression).Token.ValueText;

    /// <summary>The method without its claims, and each member of its class that it uses, and that those use.</summary>
    private static string TextOf(MethodDeclarationSyntax method, TypeDeclarationSyntax type)
    {
        var named = type.Members.SelectMany(member => NamesOf(member).Select(name => (name, member))).ToLookup(pair => pair.name, pair => pair.member);
        var seen = new HashSet<MemberDeclarationSyntax> { method };
        var open = new Queue<MemberDeclarationSyntax>(seen);
        var texts = new List<string>();
        while (open.TryDequeue(out var member))
        {
            var tokens = member.DescendantTokens().Where(token => !IsClaim(token)).ToList();
            texts.Add(string.Join(' ', tokens.Select(token => token.Text)));
            foreach (var used in tokens.Where(token => token.IsKind(SyntaxKind.IdentifierToken)).SelectMany(token => named[token.Text]).Where(seen.Add))
            {
                open.Enqueue(used);
            }
        }

        return string.Join('\n', texts);
    }

    private static bool IsClaim(SyntaxToken token) =>
        token.Parent!.AncestorsAndSelf().OfType<AttributeSyntax>().Any(attribute => attribute.Name.ToString() == Claim);

    private static IEnumerable<string> NamesOf(MemberDeclarationSyntax member) => member switch
    {
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.Text),
        PropertyDeclarationSyntax property => [property.Identifier.Text],
        // Another test's text is its own, though a helper may bear its name.
        MethodDeclarationSyntax { AttributeLists.Count: 0 } helper => [helper.Identifier.Text],
        _ => [],
    };
}
