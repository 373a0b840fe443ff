using System.Text.RegularExpressions;
using Metrana.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metrana.Tests;

/// <summary>Every piece of C# that the documentation shows is a program that compiles.</summary>
public partial class DocumentationTests
{
    /// <summary>The pages that a project for .NET 8 reads as well: its C# is 12.</summary>
    private static readonly string[] _forEveryone =
        ["README.md", "docs/guide.md", "docs/logger.md", "docs/rl.md", "docs/resume.md", "docs/failures.md", "docs/mirrors.md"];

    public static TheoryData<string, int, LanguageVersion> Blocks
    {
        get
        {
            TheoryData<string, int, LanguageVersion> blocks = [];
            foreach (string file in Files())
            {
                foreach (Match block in Block().Matches(Sources.Read(file)))
                {
                    blocks.Add(file, block.Index, LanguageVersion.Latest);
                    if (_forEveryone.Contains(file))
                    {
                        blocks.Add(file, block.Index, LanguageVersion.CSharp12);
                    }
                }
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_of_csharp_compiles_without_a_warning(string file, int index, LanguageVersion version) =>
        Compile(Block().Match(Sources.Read(file), index).Groups["code"].Value, version).Should().BeEmpty("{0} shows it to people", file);

    [Fact]
    public void The_readme_shows_some() => Block().Matches(Sources.Read("README.md")).Should().NotBeEmpty();

    [Fact]
    public void The_pages_that_everyone_reads_are_there_and_show_some()
    {
        foreach (string file in _forEveryone)
        {
            Block().Matches(Sources.Read(file)).Should().NotBeEmpty(file);
        }
    }

    [Fact]
    public void Code_that_does_not_compile_would_be_found()
    {
        Compile("using var logger = new Metrana.Native.Logger();", LanguageVersion.Latest).Should().NotBeEmpty();
        Compile("Metrana.Run.InMemory().LogDistributed(\"loss\", 1.0);", LanguageVersion.Latest)
            .Should().NotBeEmpty("a step is demanded at compile time");
    }

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Sources.Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Sources.Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Sources.Root, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    private static IReadOnlyList<string> Compile(string code, LanguageVersion version) =>
        Snippet.Problems(Snippet.Compile(code, version, OutputKind.ConsoleApplication));

    [GeneratedRegex(@"^```csharp[^\n]*\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
