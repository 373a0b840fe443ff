using System.Text.RegularExpressions;
using Metrana.Server;
using Metrana.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metrana.Tests;

/// <summary>Every piece of C# that the documentation shows is a program that compiles.</summary>
public partial class DocumentationTests
{
    /// <summary>Pages that have to show some, whatever else does.</summary>
    private static readonly string[] _forEveryone =
    [
        "README.md", "docs/guide.md", "docs/logger.md", "docs/rl.md", "docs/resume.md", "docs/failures.md", "docs/hosting.md",
        "docs/mirrors.md", "docs/analyzers.md",
    ];

    /// <summary>Each block in the C# of a project for .NET 8, which is 12, and in the newest.</summary>
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
                    blocks.Add(file, block.Index, LanguageVersion.CSharp12);
                }
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_of_csharp_compiles_without_a_warning(string file, int index, LanguageVersion version) =>
        Compile(Block().Match(Sources.Read(file), index).Groups["code"].Value, version).Should().BeEmpty("{0} shows it to people", file);

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task The_analyzers_say_of_a_block_what_its_page_says_of_it(string file, int index, LanguageVersion version)
    {
        Match block = Block().Match(Sources.Read(file), index);
        IReadOnlyList<Diagnostic> advice = await Snippet.AdviceAsync(
            Snippet.Compile(block.Groups["code"].Value, version, OutputKind.ConsoleApplication));
        advice.Select(diagnostic => diagnostic.Id).Should().Equal(block.Groups["rule"].Captures.Select(rule => rule.Value));
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp12)]
    [InlineData(LanguageVersion.Latest)]
    public async Task Every_block_of_csharp_runs(LanguageVersion version)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("metrana-snippets-");
        try
        {
            List<string> programs = EmitAll(folder.FullName, version);
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "appsettings.json"), Settings().Match(Sources.Read("docs", "hosting.md")).Groups["json"].Value);
            await using SnippetPeers peers = new(folder.FullName);
            await using LocalServer server = await LocalServer.StartAsync();
            using Child child = Child.Play(
                "snippets",
                folder.FullName,
                folder.FullName,
                variables:
                [
                    ("METRANA_INGESTION_URL", server.Endpoint),
                    ("METRANA_API_KEY", "any"),
                    ("METRANA_WORKSPACE", "docs"),
                    ("METRANA_PROJECT", "docs"),
                    ("METRANA_CAPTURE_SYSTEM_METRICS", "false"),
                    .. peers.Variables,
                ]);

            List<string> ends = [];
            for (string line = await child.HearAsync(); line != "end"; line = await child.HearAsync())
            {
                if (line.StartsWith("played ", StringComparison.Ordinal) || line.StartsWith("failed ", StringComparison.Ordinal))
                {
                    ends.Add(line);
                }
            }

            ends.Should().Equal(programs.Select(program => $"played {program}"));
            (await child.EndAsync()).ExitCode.Should().Be(0);
            await WhatTheyLoggedIsThereAsync(server);
            WhatTheyLoggedElsewhereIsThere(peers, folder);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

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

    [Fact]
    public void A_block_with_another_mark_would_be_missed()
    {
        foreach (string file in Files())
        {
            string text = Sources.Read(file);
            Block().Matches(text).Should().HaveCount(Fence().Count(text), file);
        }
    }

    /// <summary>Makes a program of each block, except of those that their page shows as mistakes.</summary>
    private static List<string> EmitAll(string folder, LanguageVersion version)
    {
        List<string> programs = [];
        foreach (object[] block in Blocks.Where(block => block[2].Equals(version)))
        {
            (string file, int index) = ((string)block[0], (int)block[1]);
            Match found = Block().Match(Sources.Read(file), index);
            if (found.Groups["rule"].Success)
            {
                continue;
            }

            string name = $"{programs.Count:000}-{Path.GetFileNameWithoutExtension(file).ToLowerInvariant()}";
            CSharpCompilation compilation = Snippet.Compile(found.Groups["code"].Value, version, OutputKind.ConsoleApplication, name);
            compilation.Emit(Path.Combine(folder, $"{name}.dll")).Success.Should().BeTrue("{0} shows it to people", file);
            programs.Add(name);
        }

        return programs;
    }

    private static async Task WhatTheyLoggedIsThereAsync(LocalServer server)
    {
        // The first programs of README.md and of the guide, and the one with many environments.
        List<long> losses = [];
        foreach (StoredRun run in (await server.GetRunsAsync()).Where(run => run.Project == "mnist"))
        {
            StoredSeries loss = (await server.GetSeriesAsync(run.RunId)).Single(series => series.Metric == "train/loss");
            losses.Add(loss.Points);
        }

        losses.Should().BeEquivalentTo([100L, 300L]);
        StoredRun walker = await server.FindRunAsync("ppo-7", "docs", "walker") ?? throw new InvalidOperationException("There is no ppo-7.");
        // The settings are those that the page shows.
        StoredRun hosted = (await server.GetRunsAsync()).Single(run => run.RunName.EndsWith("-hosting", StringComparison.Ordinal));
        (hosted.Project, hosted.Status).Should().Be(("walker", RunStatus.Finished));
        (await server.GetSeriesAsync(hosted.RunId)).Should().ContainSingle().Which.Points.Should().Be(100);
        IReadOnlyDictionary<string, StoredValue> attributes = await server.GetAttributesAsync(hosted.RunId);
        attributes["sys/tags"].Should().Be(new StoredValue.TextSet(["baseline", "v2"]));
        attributes["config/lr"].Should().Be(new StoredValue.Number(3e-4));
        attributes.Values.Should().Contain(new StoredValue.Text("stopped"), "what a service logs while it stops is delivered");

        // How many depends on the machine: a run drops what a busy one cannot take.
        (await server.GetSeriesAsync(walker.RunId)).Should().Contain(series => series.Metric == "reward" && series.Points > 0);
    }

    private static void WhatTheyLoggedElsewhereIsThere(SnippetPeers peers, DirectoryInfo folder)
    {
        peers.Mlflow.Metrics.Count(metric => metric.Key == "trainer/critic_loss").Should().Be(2, "both programs of docs/mlflow.md log one");
        peers.Mlflow.Requests.Should().Contain(request => request.Path == "/v1/traces");
        peers.Syvain.Metrics.Should().HaveCount(1001, "one program logs a thousand, and another one a single one by a mirror");
        peers.Syvain.Annotations.Should().Equal("saved checkpoint");
        peers.Syvain.Statuses.Count(status => status == "done").Should().Be(2, "both experiments end well");
        new DirectoryInfo(Path.Combine(folder.FullName, "logs")).EnumerateFiles("*tfevents*", SearchOption.AllDirectories)
            .Should().ContainSingle("a run has a file of its own");
    }

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Sources.Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Sources.Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Sources.Root, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    private static IReadOnlyList<string> Compile(string code, LanguageVersion version) =>
        Snippet.Problems(Snippet.Compile(code, version, OutputKind.ConsoleApplication));

    [GeneratedRegex(@"^```csharp( (?<rule>METRANA\d+))?\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("^```(csharp|cs|c#)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Fence();

    [GeneratedRegex("^```json\n(?<json>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Settings();
}
