using System.Numerics;
using System.Reflection;
using Metrana.Native;

namespace Metrana.Tests;

/// <summary>What is logged through <see cref="Run.Evaluation"/>.</summary>
public class RunEvaluationTests
{
    [Fact]
    public void Whatever_a_run_logs_its_evaluation_logs_too_but_for_the_mark_that_it_has_by_itself()
    {
        string[] kinds = ["Log", "LogDistributed", "LogEnvironmentStep", "LogEpisode", "LogHistogram", "LogScatter", "Series", "RlSeries", "TrackEpisodes"];

        Calls(typeof(RunEvaluation)).Should().BeEquivalentTo(Calls(typeof(Run))).And.HaveCountGreaterThan(25);

        IEnumerable<string> Calls(Type type) =>
            type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Concat(typeof(RunExtensions).GetMethods(BindingFlags.Public | BindingFlags.Static)
                    .Where(method => method.GetParameters().FirstOrDefault()?.ParameterType == type))
                .Where(method => kinds.Contains(method.Name))
                .Select(method => $"{method.Name}({string.Join(", ", method.GetParameters()
                    .Where(parameter => parameter.ParameterType != type && parameter.Name != "evaluation")
                    .Select(parameter => $"{parameter.ParameterType} {parameter.Name}{(parameter.IsOptional ? "?" : "")}"))})");
    }

    [Fact]
    public void Each_call_of_an_evaluation_has_its_name_and_its_mark()
    {
        using Run run = Run.InMemory();
        RunEvaluation evaluation = run.Evaluation;
        evaluation.Log(new Dictionary<string, double> { ["a"] = 1 });
        evaluation.Log([("b", 1.0)], step: 3, scale: "EPOCH");
        evaluation.Log(4, ("c", 1.0));
        evaluation.Log("d", new HashSet<float> { 1 });
        evaluation.Log("e", BigInteger.One);
        evaluation.Log(new { f = 1 });
        evaluation.LogDistributed("g", 1.0, step: 1);
        evaluation.LogDistributed("h", new HashSet<int> { 1 }, step: 1);
        evaluation.LogEpisode("i", true, rlStep: 0);
        evaluation.LogEpisode("j", [1.0], 0, ["env-0"]);
        evaluation.LogEnvironmentStep("k", true, rlStep: 0);
        evaluation.LogEnvironmentStep("l", [1.0], 0, ["env-0"]);
        evaluation.LogEnvironmentStep("m", new double[1, 2], 0, ["env-0"]);
        evaluation.Series("n").Log(1.0);
        evaluation.RlSeries("o").Log(1.0, 0, "env-0");
        evaluation.LogHistogram("p", [0.0, 1.0], step: 0);
        evaluation.LogHistogram("q", [0.0, 1.0], counts: [1], step: 0);
        evaluation.LogHistogram("r", Histogram.OfCounts(new[] { 0.0, 1.0 }, new long[] { 1 }), step: 0);
        evaluation.LogScatter("s", [1], [2], step: 0);
        evaluation.LogScatter("t", [1], [2], [3], step: 0);
        evaluation.TrackEpisodes(["env-0"]).Step(0, [1.0], [false]);

        RunRecording all = run.Recording;
        IEnumerable<(string Metric, IReadOnlyDictionary<string, string> Labels)> logged =
        [
            .. all.Points.Select(point => (point.Metric, point.Labels)),
            .. all.Histograms.Select(histogram => (histogram.Metric, histogram.Labels)),
            .. all.Scatters.Select(scatter => (scatter.Metric, scatter.Labels)),
        ];
        logged.Should().OnlyContain(one => one.Metric.StartsWith("eval/", StringComparison.Ordinal) && one.Labels["evaluation"] == "true");
        logged.Select(one => one.Metric).Distinct().Should().BeEquivalentTo(
            Enumerable.Range('a', 't' - 'a' + 1).Select(letter => $"eval/{(char)letter}").Append("eval/reward"));
    }
}
