using System.Diagnostics;
using System.Text.RegularExpressions;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>
/// The first two programs of the README in an empty console project, as a person makes one: they build without a warning, find
/// or start the server of the machine, and what they logged is there when they are gone.
/// </summary>
public sealed partial class EmptyProjectTests : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metrana-empty-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_first_two_programs_of_the_readme_run_as_they_stand_and_in_turkey_too()
    {
        string[] programs = [.. Block().Matches(Sources.Read("README.md")).Take(2).Select(block => block.Groups["code"].Value)];
        string first = await BuildAsync("first", programs[0]);
        string second = await BuildAsync("second", programs[1]);
        string data = Path.Combine(_folder.FullName, "runs");
        try
        {
            (await RunAsync(data, first, "C.UTF-8")).Should().Contain("http://127.0.0.1:", "it prints where to look");
            string turkish = await RunAsync(data, first, "tr_TR.UTF-8");
            turkish.Should().Contain("culture tr-TR writes 0,5", "else this tests nothing");
            turkish.Should().Contain("http://127.0.0.1:");
            (await RunAsync(data, second, "tr_TR.UTF-8")).Should().Contain("culture tr-TR writes 0,5");
            await using LocalServer server = await LocalServer.FindOrStartAsync(new LocalServerOptions { DataDirectory = data });
            await WhatTheyLoggedIsThereAsync(server);
        }
        finally
        {
            // The programs leave the server to the next one, and nobody comes here any more.
            LocalServer server = await LocalServer.FindOrStartAsync(new LocalServerOptions { DataDirectory = data });
            await server.StopAsync();
        }
    }

    private static async Task WhatTheyLoggedIsThereAsync(LocalServer server)
    {
        IReadOnlyList<StoredRun> runs = await server.GetRunsAsync();
        runs.Select(run => run.Project).Should().BeEquivalentTo("mnist", "mnist", "walker");
        foreach (StoredRun run in runs.Where(run => run.Project == "mnist"))
        {
            run.Closed.Should().BeTrue();
            StoredSeries loss = (await server.GetSeriesAsync(run.RunId)).Single(series => series.Metric == "train/loss");
            (await server.GetPointsAsync(run.RunId, loss.Id)).Values.Should().Equal(Enumerable.Range(1, 100).Select(n => 1.0 / n));
            IReadOnlyDictionary<string, StoredValue> attributes = await server.GetAttributesAsync(run.RunId);
            attributes["config/lr"].Should().Be(new StoredValue.Number(3e-4));
            attributes.Values.Should().Contain(new StoredValue.Text("checkpoint 1"));
            StoredSeries val = (await server.GetSeriesAsync(run.RunId)).Single(series => series.Metric == "val/loss");
            val.Scale.Should().Be("EPOCH");
            (await server.GetPointsAsync(run.RunId, val.Id)).Values.Should().Equal(0.5);
        }

        (await server.GetSeriesAsync(runs.Single(run => run.Project == "walker").RunId))
            .Should().Contain(series => series.Metric == "reward" && series.Points > 0);
    }

    private async Task<string> BuildAsync(string name, string code)
    {
        DirectoryInfo project = _folder.CreateSubdirectory(name);
        await File.WriteAllTextAsync(Path.Combine(project.FullName, "Program.cs"), code);
        await File.WriteAllTextAsync(Path.Combine(project.FullName, "Culture.cs"), """
            static class Culture
            {
                [System.Runtime.CompilerServices.ModuleInitializer]
                internal static void Say() => Console.WriteLine($"culture {System.Globalization.CultureInfo.CurrentCulture.Name} writes {0.5}");
            }
            """);
        await File.WriteAllTextAsync(Path.Combine(project.FullName, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="{Path.Combine(Sources.Root, "src/Metrana/Metrana.csproj")}" />
              </ItemGroup>
            </Project>
            """);

        // What it references is built already: these tests run from it.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Name;
        string output = await DotnetAsync(
            ["build", project.FullName, "-c", configuration, "-p:BuildProjectReferences=false", "-v:q"], []);
        CompilerWarning().Matches(output).Should().BeEmpty(output);
        return Path.Combine(project.FullName, "bin", configuration, "net10.0", $"{name}.dll");
    }

    private static Task<string> RunAsync(string data, string program, string language) =>
        DotnetAsync(["exec", program], [("METRANA_SERVER_DATA", data), ("LC_ALL", language)]);

    private static async Task<string> DotnetAsync(string[] arguments, (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in (string[])["METRANA_INGESTION_URL", "METRANA_API_KEY", "METRANA_ORCHESTRATION_ID", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"])
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)
            [("MSBUILDDISABLENODEREUSE", "1"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"), ("UseSharedCompilation", "false"), .. variables])
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(_deadline);
            await process.WaitForExitAsync().WaitAsync(_deadline);
            string said = output + await errors;
            process.ExitCode.Should().Be(0, "{0}", said);
            return said;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("warning (?!METRANA001)")]
    private static partial Regex CompilerWarning();
}
