using FluentAssertions;
using Metrana.Server;
using Metrana.Tool.Kernel;
using Xunit;

namespace Metrana.Tool.Tests;

/// <summary>Which run a person means.</summary>
public sealed class RunFinderTests
{
    private static readonly StoredRun[] _runs =
    [
        Run("aa11", "walker", "ppo"),
        Run("aa22", "walker", "sac"),
        Run("bb33", "hopper", "ppo"),
        Run("cc44", "hopper", "aa"),
        Run("dd55", "a/b", "c"),
    ];

    [Theory]
    [InlineData("aa22", "aa22")]
    [InlineData("b", "bb33")]
    [InlineData("B", "bb33")]
    [InlineData("walker/ppo", "aa11")]
    [InlineData("w/hopper/ppo", "bb33")]
    [InlineData("sac", "aa22")]
    [InlineData("a/b/c", "dd55")]
    [InlineData("aa", "cc44")] // A whole name comes before the beginning of an id.
    [InlineData("latest", "dd55")]
    public void Is_found(string text, string id) => RunFinder.Find(_runs, text).RunId.Should().Be(id);

    [Theory]
    [InlineData("ppo", ExitCode.Usage, "2 runs")]
    [InlineData("a", ExitCode.Usage, "2 runs")]
    [InlineData("zz", ExitCode.NotFound, "metrana ls")]
    [InlineData("walk", ExitCode.NotFound, "Similar: walker/ppo")]
    public void Is_asked_back(string text, int code, string said)
    {
        var refused = FluentActions.Invoking(() => RunFinder.Find(_runs, text)).Should().Throw<ToolException>().Which;

        refused.ExitCode.Should().Be(code);
        refused.Message.Should().Contain(said);
    }

    private static StoredRun Run(string id, string project, string name) =>
        new() { RunId = id, Workspace = "w", Project = project, RunName = name, CreatedAtMillis = id[0] };
}
