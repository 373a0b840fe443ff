using Benchmarks.Gates;
using FluentAssertions;
using Xunit;

namespace Benchmarks.Tests;

public sealed class GateTests
{
    private static readonly GateLimits _limits = new()
    {
        Limits = new SortedDictionary<string, GateLimit> { ["a"] = new(2, "why a"), ["b"] = new(5, "why b", FullOnly: true) },
    };

    [Fact]
    public void All_have_to_be_measured_and_to_pass()
    {
        GateVerdicts verdicts = new(_limits, shortForm: false);
        verdicts.Add(new Dictionary<string, double> { ["a"] = 2 });
        verdicts.AllPass.Should().BeFalse("b was not measured");
        verdicts.Add(new Dictionary<string, double> { ["b"] = 4 });
        verdicts.AllPass.Should().BeTrue();
    }

    [Fact]
    public void The_short_form_does_without_some()
    {
        GateVerdicts verdicts = new(_limits, shortForm: true);
        verdicts.AllPass.Should().BeFalse();
        verdicts.Add(new Dictionary<string, double> { ["a"] = 1, ["b"] = 6 });
        verdicts.AllPass.Should().BeTrue("b is a gate of the full form alone");
        verdicts.AnyFails(["a", "b"]).Should().BeFalse();
        verdicts.Lines().Should().ContainSingle().Which.Should().Contain("a");
    }

    [Theory]
    [InlineData(2.001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void More_than_the_limit_fails_and_so_does_what_is_no_number(double value)
    {
        GateVerdicts verdicts = new(_limits, shortForm: true);
        verdicts.Add(new Dictionary<string, double> { ["a"] = value });
        verdicts.AllPass.Should().BeFalse();
        verdicts.Lines().Should().Contain(line => line.StartsWith("FAIL") && line.Contains("why a"));
    }

    [Fact]
    public void The_best_of_several_rounds_counts()
    {
        GateVerdicts verdicts = new(_limits, shortForm: true);
        verdicts.Add(new Dictionary<string, double> { ["a"] = 3 });
        verdicts.AnyFails(["a"]).Should().BeTrue();
        verdicts.Add(new Dictionary<string, double> { ["a"] = 1 });
        verdicts.Add(new Dictionary<string, double> { ["a"] = 4 });
        verdicts.AllPass.Should().BeTrue();
    }

    [Fact]
    public void What_has_no_limit_is_no_gate()
    {
        Action unknown = () => new GateVerdicts(_limits, shortForm: true).Add(new Dictionary<string, double> { ["c"] = 1 });
        unknown.Should().Throw<InvalidOperationException>().WithMessage("*'c'*");
    }

    [Fact]
    public void Counts_are_compared_in_both_directions_and_none_may_be_missing()
    {
        InstructionFile file = new() { Counts = new SortedDictionary<string, double> { ["x"] = 100, ["y"] = 10 } };
        Furthest(100, 10).Should().Be((0.0, ""));
        Furthest(94, 10).Should().Be((0.06, "x"));
        Furthest(101, 11).Should().Be((0.1, "y"));
        file.Furthest(new Dictionary<string, double> { ["x"] = 100 }).Difference.Should().Be(double.PositiveInfinity);

        (double, string) Furthest(double x, double y) => file.Furthest(new Dictionary<string, double> { ["x"] = x, ["y"] = y });
    }

    [Fact]
    public void The_checked_limits_can_be_read_and_say_why()
    {
        GateLimits limits = GateLimits.Load(Repository.File("build/bench-gate.json"));
        limits.Limits.Should().HaveCountGreaterThan(20);
        limits.Limits.Values.Should().OnlyContain(limit => limit.Max >= 0 && limit.Why.Length > 10);
        InstructionFile.Load(Repository.File("build/bench-instructions.json")).Counts.Should().ContainKey("scalar-handle");
    }
}
