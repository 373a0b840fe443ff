using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metrana.Player.Tests.Parity;

/// <summary>The public names of the libraries by their sources: the tests here do not load all of them.</summary>
internal static class DeclaredNames
{
    private static readonly Lazy<HashSet<string>> _names = new(() => [.. Read()]);

    /// <param name="name">A type, or a type and a member of it.</param>
    public static bool Has(string name) => _names.Value.Contains(name);

    private static IEnumerable<string> Read() => Directory
        .EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Checkout.Root, file).Split(Path.DirectorySeparatorChar).Any(folder => folder is "obj" or "bin"))
        .SelectMany(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
        .Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword))
        .SelectMany(NamesOf);

    private static IEnumerable<string> NamesOf(BaseTypeDeclarationSyntax type)
    {
        var name = type.Identifier.Text;
        var parameters = type is RecordDeclarationSyntax { ParameterList: { } list } ? list.Parameters.Select(one => one.Identifier.Text) : [];
        var members = type switch
        {
            EnumDeclarationSyntax choice => choice.Members.Select(one => one.Identifier.Text),
            TypeDeclarationSyntax declaring => declaring.Members.Where(member => declaring is InterfaceDeclarationSyntax
                || member.Modifiers.Any(SyntaxKind.PublicKeyword)).SelectMany(NamesOf),
            _ => [],
        };
        return members.Concat(parameters).Select(member => $"{name}.{member}").Prepend(name);
    }

    private static IEnumerable<string> NamesOf(MemberDeclarationSyntax member) => member switch
    {
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.Text),
        PropertyDeclarationSyntax property => [property.Identifier.Text],
        MethodDeclarationSyntax method => [method.Identifier.Text],
        _ => [],
    };
}
