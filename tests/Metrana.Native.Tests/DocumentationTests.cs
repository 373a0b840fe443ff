using System.Text.RegularExpressions;
using Metrana.Native.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metrana.Native.Tests;

/// <summary>Every piece of C# that the documentation shows is a program that compiles.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string, int> Blocks
    {
        get
        {
            TheoryData<string, int> blocks = [];
            foreach (string file in Files())
            {
                foreach (Match block in Block().Matches(Sources.Read(file)))
                {
                    blocks.Add(file, block.Index);
                }
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_of_csharp_compiles_without_a_warning(string file, int index) =>
        Compile(Block().Match(Sources.Read(file), index).Groups["code"].Value).Should().BeEmpty("{0} shows it to people", file);

    [Fact]
    public void The_readme_shows_some() => Block().Matches(Sources.Read("README.md")).Should().NotBeEmpty();

    [Fact]
    public void Code_that_does_not_compile_would_be_found() =>
        Compile("using var logger = new Metrana.Native.Logger();").Should().NotBeEmpty();

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Sources.Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Sources.Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Sources.Root, path))
        .Order(StringComparer.Ordinal);

    private static IReadOnlyList<string> Compile(string code) =>
        Snippet.Problems(Snippet.Compile(code, LanguageVersion.Latest, OutputKind.ConsoleApplication));

    [GeneratedRegex(@"^```csharp[^\n]*\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
