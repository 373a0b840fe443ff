using Metrana.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metrana.Tests;

/// <summary>What somebody who trains agents writes without looking anything up: it compiles, or the compiler points the right way.</summary>
public class NaturalCallsTests
{
    public static TheoryData<LanguageVersion> Languages => [LanguageVersion.CSharp12, LanguageVersion.CSharp13, LanguageVersion.Latest];

    private static readonly string[] _values =
    [
        "1", "1L", "1u", "1UL", "1.5", "1.5f", "1.5m", "true", "half", "(byte)1", "(System.Numerics.BigInteger)1", "(double?)null", "(float?)1", "(int?)1", "(long?)1",
        "doubles", "floats", "ints", "longs", "bools", "halfs", "decimals", "new List<double>()", "new List<float>()", "new List<int>()", "new List<decimal>()",
        "new Memory<double>(doubles)", "new ReadOnlyMemory<float>(floats)", "new ArraySegment<float>(floats)", "floats.AsSpan()",
        "(ReadOnlySpan<int>)ints", "stackalloc double[2]", "[0.5, 1]", "[1, 2]", "new Queue<double>()", "new HashSet<int>()",
        "System.Collections.Immutable.ImmutableArray<double>.Empty", "(IReadOnlyList<float>)floats", "(IReadOnlyCollection<double>)doubles",
    ];

    private static readonly string[] _grids =
    [
        "floats", "doubles", "ints", "bools", "new List<float>()", "new ReadOnlyMemory<float>(floats)", "floats.AsSpan()", "[0.5, 1]", "[1, 2]",
    ];

    [Theory]
    [MemberData(nameof(Languages))]
    [ParityRow("client/arrays", "Memory")]
    public void A_value_is_whatever_holds_numbers(LanguageVersion language) => Compiles(
        language,
        _values.SelectMany(value => new[] { $"run.Log(\"m\", {value})", $"run.Log(\"m\", {value}, step: 3, scale: \"EPOCH\")", $"series.Log({value})" }));

    [Theory]
    [MemberData(nameof(Languages))]
    [ParityRow("client/many-environments", "many environments")]
    public void Many_environments_take_whatever_holds_numbers(LanguageVersion language) => Compiles(
        language,
        _grids.SelectMany(values => new[]
        {
            $"run.LogEnvironmentStep(\"reward\", {values}, update, names)",
            $"run.LogEnvironmentStep(\"reward\", {values}, update, names, ints, where: bools)",
            $"run.LogEpisode(\"return\", {values}, update, names)",
            $"run.LogEpisode(\"return\", {values}, update, names, ints)",
            $"run.LogEpisode(\"return\", {values}, update, names, longs, where: bools)",
            $"rlSeries.Log({values}, update, names)",
            $"rlSeries.Log({values}, update, tracker.Environments, tracker.Episodes, where: bools)",
            $"tracker.Step(update, {values}, bools, bools)",
            $"run.Evaluation.LogEpisode(\"return\", {values}, update, names)",
            $"run.LogHistogram(\"h\", {values}, step: update)",
            $"run.LogScatter(\"s\", {values}, {values}, step: update)",
        }));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Everything_around_a_value_comes_in_the_form_that_is_at_hand(LanguageVersion language) => Compiles(
        language,
        [
            "run.Log((\"a\", 1.0), (\"b\", 2f), (\"c\", 3))",
            "run.Log(update, (\"a\", 1.0), (\"b\", 2f))",
            "run.Log([(\"a\", 1.0), (\"b\", 2.0)], step: update, scale: \"EPOCH\")",
            "run.Log(new { loss = 1.0, accuracy = 0.5f })",
            "run.Log(new { loss = 1.0 }, step: update, scale: \"EPOCH\")",
            "run.Log(new Dictionary<string, double> { [\"a\"] = 1 }, step: 3)",
            "run.Log(\"a\", floats, step: ints)",
            "run.Log(\"a\", floats, step: new List<int>())",
            "run.Log(\"a\", floats, step: [1, 2])",
            "run.Log(\"a\", 1.0, labels: (\"gpu\", \"0\"))",
            "run.Log(\"a\", 1.0, labels: (\"gpu\", 0))",
            "run.Log(\"a\", 1.0, labels: [(\"gpu\", \"0\"), (\"host\", \"a\")])",
            "run.Log(\"a\", 1.0, timestamp: System.DateTime.UtcNow)",
            "run.Log(\"a\", 1.0, timestamp: 1234L)",
            "run.Log(\"a\", floats, timestamp: new DateTimeOffset[2])",
            "series.Log(1.0, timestamp: System.DateTime.UtcNow)",
            "series.Log(1.5f, step: update)",
            "rlSeries.Log(1.0, update, \"env-0\")",
            "rlSeries.Log(floats, update, run.Environments(64))",
            "rlSeries.Log(floats, update, new List<string>())",
            "rlSeries.Log(floats, update, tracker.Environments[..2], steps: ints)",
            "run.LogEnvironmentStep(\"r\", new float[2, 3], update, names, ints)",
            "run.LogEpisode(\"success\", true, update)",
            "run.LogEpisode(\"return\", 1f, update, episode: 4, environment: \"env-0\")",
            "run.LogHistogram(\"h\", floats, ints, step: 3)",
            "run.LogHistogram(\"h\", [0.0, 1, 2], [1, 2], step: 3)",
            "run.Evaluation.Log(\"a\", true)",
            "run.Evaluation.Log(\"a\", new List<float>())",
            "run.Evaluation.Log(update, (\"a\", 1.0))",
            "run.Evaluation.Log(new { loss = 1.0 })",
            "run.Evaluation.LogHistogram(\"h\", floats, step: 3)",
            "run.Tags.Add(new List<string>())",
            "run.Annotate(\"checkpoint\", new { seed = 1 })",
            "run.LogDistributed(\"a\", 1, step: 3)",
            "run.LogDistributed(\"a\", new Queue<float>(), step: ints)",
            "(new RunOptions() with { Name = \"b\" }).ToString()",
        ]);

    [Theory]
    [MemberData(nameof(Languages))]
    [ParityRow("client/two-dimensions", "[2, 2]")]
    [ParityRow("client/mapping-and-value", "names with values come without a value")]
    [ParityRow("client/distributed-step", "log_distributed", "step")]
    public void What_is_no_value_is_compared_with_values(LanguageVersion language)
    {
        foreach (string value in new[] { "\"text\"", "new double[2, 2]", "System.DayOfWeek.Monday", "names.Select(name => 1.0)" })
        {
            Problems(language, [$"run.Log(\"m\", {value})"]).Should().ContainSingle().Which.Should().Contain("to 'Metrana.MetricValue'", "{0} was given", value);
        }

        Problems(language, ["run.Log(new Dictionary<string, double>(), 1.0)"]).Should().NotBeEmpty("names with values come without a value");
        Problems(language, ["run.LogDistributed(\"m\", 1.0)"]).Should().ContainSingle().Which.Should().Contain("'step'");
    }

    [Fact]
    public void Options_need_no_name_where_the_language_knows_priorities() =>
        Problems(LanguageVersion.Latest, ["Run.Start(new() { Project = \"walker\" })"]).Should().BeEmpty();

    [Fact]
    [ParityRow("client/not-finite", "null is no point and uses up no step")]
    public void Null_is_no_point_and_uses_up_no_step()
    {
        using Run run = Run.InMemory();
        Series series = run.Series("handle");
        foreach (double? value in new double?[] { 1, null, 3 })
        {
            run.Log("m", value);
            series.Log(value);
        }

        run.Recording.Of("m").Select(point => (point.Step, point.Value)).Should().Equal((0, 1), (1, 3));
        run.Recording.Of("handle").Select(point => (point.Step, point.Value)).Should().Equal((0, 1), (1, 3));
    }

    [Fact]
    public void Where_picks_environments_with_all_that_belongs_to_them()
    {
        using Run run = Run.InMemory();
        string[] names = run.Environments(3);
        bool[] done = [true, false, true];
        run.LogEpisode("return", new[] { 1, 2, 3 }, rlStep: 0, names, episodes: new[] { 4, 5, 6 }, where: done);
        run.LogEpisode("own", new[] { 1f, 2f, 3f }, rlStep: 0, names, where: done);
        run.LogEpisode("own", new[] { 7f, 8f, 9f }, rlStep: 1, names);
        run.RlSeries("entropy").Log([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, names, width: 2, where: done);
        run.LogEpisode("none", new[] { 1, 2, 3 }, rlStep: 0, names, where: new bool[3]);

        run.Recording.Of("return").Select(point => (point.Environment, point.Step, point.Value)).Should().Equal(("env-0", 4, 1), ("env-2", 6, 3));
        run.Recording.Of("own").Select(point => (point.Environment, point.Step, point.Value))
            .Should().Equal(("env-0", 0, 1), ("env-2", 0, 3), ("env-0", 1, 7), ("env-1", 0, 8), ("env-2", 1, 9));
        run.Recording.Of("entropy").Select(point => (point.Environment, point.Value)).Should().Equal(("env-0", 1), ("env-0", 2), ("env-2", 5), ("env-2", 6));
        run.Recording.Of("none").Should().BeEmpty();
        run.Invoking(r => r.RlSeries("x").Log([1.0, 2.0, 3.0], 0, names, where: new bool[2])).Should().Throw<Native.MetricValidationException>().WithMessage("*'where' has 2 answers for 3 environments*");
    }

    [Fact]
    public void One_label_may_be_a_number_and_labels_are_written_as_a_list()
    {
        using Run run = Run.InMemory();
        Native.Labels kept = [("policy", "greedy"), ("seed", "1")];
        run.Log("a", 1.0, labels: ("seed", 7));
        run.Log("b", 1.0, labels: kept);

        run.Recording.Of("a").Single().Labels.Should().Equal(new Dictionary<string, string> { ["seed"] = "7" });
        run.Recording.Of("b").Single().Labels.Should().HaveCount(2).And.Contain("policy", "greedy");
    }

    [Fact]
    public void An_annotation_takes_its_facts_from_an_object()
    {
        using Run run = Run.InMemory();
        run.Annotate("checkpoint", new { seed = 3, optimizer = new { lr = 0.5 } }, step: 4);

        KeyValuePair<string, object?>[] all = [.. run.Recording.Attributes.Where(pair => pair.Key.StartsWith("annotation/", StringComparison.Ordinal))];
        all.Should().Contain(pair => pair.Key.EndsWith("/metadata/seed", StringComparison.Ordinal) && Equals(pair.Value, 3));
        all.Should().Contain(pair => pair.Key.EndsWith("/metadata/optimizer/lr", StringComparison.Ordinal) && Equals(pair.Value, 0.5));
    }

    private static void Compiles(LanguageVersion language, IEnumerable<string> calls) => Problems(language, calls).Should().BeEmpty();

    private static IReadOnlyList<string> Problems(LanguageVersion language, IEnumerable<string> calls) => Snippet.Problems(Snippet.Compile(
        $$"""
        using Metrana;

        public static class Calls
        {
            public static void All(
                Run run, Series series, RlSeries rlSeries, EpisodeTracker tracker, long update, string[] names, Half half,
                double[] doubles, float[] floats, int[] ints, long[] longs, bool[] bools, Half[] halfs, decimal[] decimals)
            {
                {{string.Join('\n', calls.Select(call => $"{call};"))}}
            }
        }
        """,
        language,
        OutputKind.DynamicallyLinkedLibrary));
}
