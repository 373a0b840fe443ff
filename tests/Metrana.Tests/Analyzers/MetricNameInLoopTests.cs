namespace Metrana.Tests.Analyzers;

/// <summary>METRANA101: a metric's name is built inside a loop.</summary>
public class MetricNameInLoopTests
{
    [Theory]
    [InlineData("""for (int i = 0; i < 3; i++) { run.Log($"loss/{i}", loss); }""", """$"loss/{i}" """)]
    [InlineData("""foreach (double value in column) { run.Log("loss/" + value, loss); }""", "\"loss/\" + value")]
    [InlineData("""while (layer-- > 0) { run.Log(string.Format("loss/{0}", layer), loss); }""", """string.Format("loss/{0}", layer)""")]
    [InlineData("""do { run.Log(string.Concat("loss/", layer), loss); } while (layer-- > 0);""", """string.Concat("loss/", layer)""")]
    [InlineData("""for (int i = 0; i < 3; i++) { string name = $"loss/{i}"; run.Log(name, loss); }""", "name")]
    [InlineData("""for (int i = 0; i < 3; i++) { run.Log(step: i, metric: ($"loss/{layer}"), value: loss); }""", """$"loss/{layer}" """)]
    [InlineData("""for (int i = 0; i < 3; i++) { run.Log(("loss", loss), ($"loss/{i}", loss)); }""", """$"loss/{i}" """)]
    [InlineData("""for (int i = 0; i < 3; i++) { run.Log(i, ($"loss/{i}", loss)); }""", """$"loss/{i}" """)]
    [InlineData("""for (int i = 0; i < 3; i++) { if (i > 1) { run.LogHistogram($"weights/{i}", column, step: i); } }""", """$"weights/{i}" """)]
    [InlineData("""for (int i = 0; i < 3; i++) { using (run.Time($"step/{i}")) { } }""", """$"step/{i}" """)]
    [InlineData("""for (int i = 0; i < 3; i++) { run.Evaluation.Log($"loss/{i}", loss); }""", """$"loss/{i}" """)]
    [InlineData("""for (int i = 0; i < 3; i++) { batch.Add($"loss/{i}", Native.Scale.MlStep, loss); }""", """$"loss/{i}" """)]
    public async Task A_name_that_a_loop_builds_is_found(string code, string found) =>
        (await AnalyzerCheck.FindAsync(code)).Should().Equal($"METRANA101 {found.TrimEnd()}");

    [Theory]
    [InlineData("""run.Log($"loss/{layer}", loss);""")]
    [InlineData("""for (int i = 0; i < 3; i++) { run.Log("loss", loss, labels: [("layer", $"{i}")]); }""")]
    [InlineData("""for (int i = 0; i < 3; i++) { Series series = run.Series($"loss/{i}"); series.Log(loss); }""")]
    [InlineData("""string name = $"loss/{layer}"; for (int i = 0; i < 3; i++) { run.Log(name, loss); }""")]
    [InlineData("""const string Group = "train"; for (int i = 0; i < 3; i++) { run.Log($"{Group}/loss", loss); run.Log(Group + "/loss", loss); }""")]
    [InlineData("""for (int i = 0; i < 3; i++) { run.Annotate($"checkpoint {i}"); run.LogAttributes($"layer/{i}", new { i }); }""")]
    [InlineData("""for (run.Log($"loss/{layer}", loss); layer > 0; layer--) { }""")]
    [InlineData("""for (int i = 0; i < 3; i++) { Later(() => run.Log($"loss/{layer}", loss)); } static void Later(Action action) => action();""")]
    [InlineData("""List<string> lines = []; for (int i = 0; i < 3; i++) { lines.Add($"line {i}"); }""")]
    [InlineData("""for (int i = 0; i < 3; i++) { Log($"line {i}"); } static void Log(string metric) => Console.WriteLine(metric);""")]
    public async Task A_name_that_stays_is_none_of_its_business(string code) =>
        (await AnalyzerCheck.FindAsync(code)).Should().BeEmpty();

    [Fact]
    public async Task It_says_what_to_do() =>
        (await AnalyzerCheck.DiagnosticsAsync("""for (int i = 0; i < 3; i++) { run.Log($"loss/{i}", loss); }"""))
            .Should().ContainSingle().Which.GetMessage(System.Globalization.CultureInfo.InvariantCulture)
            .Should().Contain("labels").And.Contain("Series");
}
