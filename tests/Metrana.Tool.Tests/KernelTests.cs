using FluentAssertions;
using Metrana.Tool.Kernel;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

/// <summary>What all commands share: which server, which exit code, no key anywhere.</summary>
public sealed class KernelTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task A_directory_without_runs_gets_no_server_from_a_command_that_reads()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"metrana-none-{Guid.NewGuid():N}");

        var result = await new TestTool { Data = directory }.RunAsync("ls");

        result.Code.Should().Be(3);
        result.Error.Should().Contain(directory);
        Directory.Exists(directory).Should().BeFalse("whoever only looks leaves nothing behind");
    }

    [Fact]
    public async Task A_server_is_asked_by_its_address_with_a_key_from_a_file_or_the_environment()
    {
        var keys = Path.Combine(runs.Data, "keys.txt");
        await File.WriteAllTextAsync(keys, $"# mine\n{runs.Server.ApiKey}\n");
        var url = runs.Server.HttpEndpoint;

        (await new TestTool().RunAsync("ls", "--url", url, "--api-key-file", keys)).Rows.Should().NotBeEmpty();
        (await new TestTool { Variables = { ["METRANA_API_KEY"] = runs.Server.ApiKey } }.RunAsync("ls", "--url", url)).Rows.Should().NotBeEmpty();
        (await new TestTool().RunAsync("ls", "--url", url)).Code.Should().Be(4, "it wants a key");
        (await new TestTool().RunAsync("ls", "--url", "http://127.0.0.1:1")).Code.Should().Be(4, "nobody is there");
    }

    [Theory]
    [InlineData("ls", "--nonsense")]
    [InlineData("nonsense")]
    [InlineData("show")]
    [InlineData("ls", "--limit", "0")]
    [InlineData("ls", "--limit", "many")]
    [InlineData("ls", "--url", "nowhere")]
    [InlineData("ls", "--url", "http://127.0.0.1:1", "--data", "here")]
    [InlineData("ls", "--api-key-file", "keys")]
    public async Task A_wrong_command_line_ends_with_2_and_says_why(params string[] arguments)
    {
        var result = await new TestTool().RunAsync(arguments);

        result.Code.Should().Be(2);
        result.Output.Should().BeEmpty();
        result.Error.Should().StartWith("metrana: ");
    }

    [Fact]
    public async Task The_key_is_shown_nowhere()
    {
        var tool = new TestTool { Variables = { ["METRANA_API_KEY"] = runs.Server.ApiKey } };
        foreach (var command in (string[][])[["doctor"], ["version"], ["doctor", "--json"], ["ls", "--json"], ["show", "nothing"]])
        {
            foreach (var server in (string[][])[["--data", runs.Data], ["--url", runs.Server.HttpEndpoint]])
            {
                var result = await tool.RunAsync([.. command, .. server]);

                (result.Output + result.Error).Should().NotContain(runs.Server.ApiKey);
            }
        }

        new ServerPlace(null, new Uri("http://me:secret@h:1"), "topsecret").ToString().Should().NotContain("secret");
    }

    [Fact]
    public async Task Help_and_completion_know_every_command()
    {
        var help = await new TestTool().RunAsync("--help");
        (help.Code, help.Error).Should().Be((0, ""));
        foreach (var shell in (string[])["bash", "zsh", "fish", "powershell"])
        {
            (await new TestTool().RunAsync("completion", shell)).Output.Should().Contain("metrana complete -- ");
        }

        (await new TestTool().RunAsync("completion", "tcsh")).Code.Should().Be(2);
        (await new TestTool().RunAsync("complete", "--", "metrana ta")).Lines.Should().Contain("tail");
        (await new TestTool().RunAsync("complete", "--", "metrana ls --lim")).Lines.Should().Contain("--limit");
        (await new TestTool().RunAsync("complete", "--", $"metrana show --data {runs.Data} walk")).Lines.Should().Contain("walker/ppo-1");
        (await new TestTool().RunAsync("complete", "--", "metrana completion ")).Lines.Should().Contain("zsh", "the next word is asked for");
    }

    [Fact]
    public async Task No_command_is_help_and_an_error_for_scripts()
    {
        var result = await new TestTool().RunAsync();

        (result.Code, result.Output).Should().Be((2, ""));
        result.Error.Should().Contain("doctor");
    }
}
