using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

/// <summary>
/// The scripts in the shells that read them. Whoever can log chooses what a run is called, and Tab must not run it: a name is text,
/// and is still text on the command line that it completes.
/// </summary>
public sealed class CompletionTests : IDisposable
{
    /// <summary>All but the last would leave a file in the folder where the shell is, or be something else than one word.</summary>
    private static readonly string[] _names =
        ["a/$(touch ran)", "a/`touch ran`", "a/; touch ran", "a/'; touch ran; '", "a/two  words", "a/*", "a/safe"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metrana-completion-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ShellTheory("bash")]
    [InlineData("a/")]
    [InlineData("a/sa")]
    [InlineData("a/\\$\\(")]
    public async Task Bash_completes_names_and_runs_none_of_them(string word)
    {
        // What bash puts on the line is read as bash reads a line.
        var (found, asked) = await CompleteAsync("bash", ["--norc", "--noprofile"], "bash", $$"""
            COMP_LINE='metrana show {{word}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(metrana show '{{word}}'); COMP_CWORD=2
            _metrana
            for name in "${COMPREPLY[@]}"; do eval "printf '%s\n' $name"; done
            """);

        var plain = word.Replace("\\", "", StringComparison.Ordinal);
        found.Should().Equal(_names.Where(name => name.StartsWith(plain, StringComparison.Ordinal)));
        asked.Should().Be($"metrana show {plain}");
    }

    [ShellTheory("zsh")]
    [InlineData("a/")]
    [InlineData("a/\\$\\(")]
    public async Task Zsh_gets_names_as_they_are_and_runs_none_of_them(string word)
    {
        // These stand for zsh's own, which work at a terminal alone. Without -Q its compadd quotes what it gets.
        var (found, asked) = await CompleteAsync("zsh", ["-f"], "zsh", before: "compdef() { }", after: $$"""
            compadd() { [[ $1 == -- ]] || exit 9; shift; print -rl -- "$@" }
            words=(metrana show '{{word}}') CURRENT=3 PREFIX='{{word}}'
            _metrana
            """);

        found.Should().Equal(_names);
        asked.Should().Be($"metrana show {word.Replace("\\", "", StringComparison.Ordinal)}");
    }

    [ShellTheory("fish")]
    [InlineData("a/")]
    [InlineData("a/sa")]
    public async Task Fish_completes_names_and_runs_none_of_them(string word)
    {
        var (found, asked) = await CompleteAsync("fish", ["--no-config"], "fish", $"complete --do-complete 'metrana show {word}'");

        found.Should().BeEquivalentTo(_names.Where(name => name.StartsWith(word, StringComparison.Ordinal)));
        asked.Should().Be($"metrana show {word}");
    }

    [ShellTheory("pwsh")]
    [InlineData("a/")]
    [InlineData("")]
    public async Task PowerShell_completes_names_and_runs_none_of_them(string word)
    {
        // What PowerShell puts on the line is read as PowerShell reads a line.
        var (found, asked) = await CompleteAsync("pwsh", ["-NoProfile"], "powershell", $$"""
            $line = 'metrana show {{word}}'
            foreach ($match in (TabExpansion2 $line $line.Length).CompletionMatches) { Invoke-Expression "Write-Output $($match.CompletionText)" }
            """);

        found.Should().Equal(_names);
        asked.Should().Be($"metrana show {word}");
    }

    /// <summary>Runs a shell with its script, in a folder in which nothing may appear.</summary>
    /// <returns>What it wrote, and which line it wanted completed.</returns>
    private async Task<(string[] Found, string Asked)> CompleteAsync(
        string program, string[] options, string shell, string after, string before = "")
    {
        // It gives the names without a server, which a busy machine might not reach in the second that somebody who types is kept waiting.
        var tool = Path.Combine(_folder.CreateSubdirectory("bin").FullName, "metrana");
        var (names, asked) = (Path.Combine(_folder.FullName, "names"), Path.Combine(_folder.FullName, "asked"));
        await File.WriteAllTextAsync(tool, $"#!/bin/sh\n[ \"$1 $2 $#\" = 'complete -- 3' ] || exit 2\nprintf %s \"$3\" > '{asked}'\ncat '{names}'\n");
        await File.WriteAllLinesAsync(names, _names);
        if (!OperatingSystem.IsWindows()) // There these tests are skipped.
        {
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var there = _folder.CreateSubdirectory("there");
        var script = await new TestTool().RunAsync("completion", shell);
        var result = await TestProcess.RunAsync(
            program,
            [.. options, "-c", $"{before}\n{script.Output}\n{after}"],
            start =>
            {
                start.WorkingDirectory = there.FullName;
                start.Environment["PATH"] = $"{Path.GetDirectoryName(tool)}:{Environment.GetEnvironmentVariable("PATH")}";
                start.Environment["HOME"] = _folder.FullName;
            });

        (result.Code, result.Error).Should().Be((0, ""));
        there.EnumerateFileSystemInfos().Should().BeEmpty("a name that is completed is not run");
        return (result.Lines, await File.ReadAllTextAsync(asked));
    }
}
