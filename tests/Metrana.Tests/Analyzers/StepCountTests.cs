using System.Globalization;
using Metrana.Native;

namespace Metrana.Tests.Analyzers;

/// <summary>METRANA102: values and steps of different numbers.</summary>
public class StepCountTests
{
    [Theory]
    [InlineData("""run.Log("loss", new[] { 0.5, 0.4, 0.3 }, step: new long[] { 1, 2 });""")]
    [InlineData("""run.Log("loss", new double[] { 0.5, 0.4 }, step: [1]);""")]
    [InlineData("""run.Log("loss", (double[])[0.5, 0.4], step: [1, 2, 3]);""")]
    [InlineData("""run.Log("loss", 0.5, step: [1, 2]);""")]
    [InlineData("""run.LogDistributed("loss", new[] { 0.5, 0.4 }, new long[] { 1, 2, 3 });""")]
    [InlineData("""run.Series("loss").Log(new[] { 1, 2 }, Native.Steps.Each([1, 2, 3]));""")]
    [InlineData("""run.Series("loss").Log(loss, step: [1, 2]);""")]
    [InlineData("""batch.Add("loss", Native.Scale.MlStep, [0.5, 0.4], steps: [1, 2, 3]);""")]
    [InlineData("""run.Log("loss", new[] { 0.5, 0.4 }, step: stackalloc long[] { 1 });""")]
    public async Task Lengths_that_differ_are_found(string code) =>
        (await AnalyzerCheck.FindAsync(code)).Should().Equal($"METRANA102 {code.TrimEnd(';')}");

    [Theory]
    [InlineData("""run.Log("loss", new[] { 0.5, 0.4 }, step: [1, 2]);""")]
    [InlineData("""run.Log("loss", new[] { 0.5, 0.4 }, step: 7);""")]
    [InlineData("""run.Log("loss", new[] { 0.5, 0.4 });""")]
    [InlineData("""run.Log("loss", column, step: [1, 2]);""")]
    [InlineData("""run.Log("loss", new[] { 0.5, 0.4 }, step: [1, .. new long[] { 2 }]);""")]
    [InlineData("""run.Log("loss", new double[2], step: [1, 2]);""")]
    [InlineData("""run.Log("loss", Array.Empty<double>(), step: [1, 2]);""")]
    [InlineData("""run.Log("loss", 0.5, step: [1]);""")]
    [InlineData("""batch.Add("loss", Native.Scale.MlStep, [0.5, 0.4], steps: [1, 2], labels: [("a", "b")]);""")]
    public async Task Lengths_that_fit_or_that_nobody_can_see_are_not(string code) =>
        (await AnalyzerCheck.FindAsync(code)).Should().BeEmpty();

    [Fact]
    public async Task It_says_what_throws_and_what_to_do()
    {
        string message = (await AnalyzerCheck.DiagnosticsAsync("""run.Log("loss", 0.5, step: [1, 2]);"""))
            .Should().ContainSingle().Which.GetMessage(CultureInfo.InvariantCulture);
        message.Should().Contain("1 value came with 2 steps").And.Contain("one step for each value");
    }

    [Fact]
    public void What_it_warns_of_really_throws()
    {
        using Run run = Run.InMemory();
        long[] steps = [1, 2];
        FluentActions.Invoking(() => run.Log("loss", 0.5, step: steps)).Should().Throw<MetricValidationException>();
    }
}
