using System.Globalization;
using System.Text.Json;
using Benchmarks.Results;

namespace Benchmarks.Reporting;

/// <summary>The table of what a mirror that never answers costs, from docs/performance/dead-mirror.json.</summary>
internal static class DeadMirrorTable
{
    public static string Of(string path)
    {
        if (!File.Exists(path))
        {
            return Cells.Table(["what", "here"], [["a run with a mirror that never answers", "not measured yet"]]);
        }

        Figures figures = Figures.Load(path);
        Machine machine = figures.Node("machine").Deserialize<Machine>(ResultJson.Options)!;
        string[] phases = ["before", "beside", "after"];
        return Cells.Table(
            [
                string.Create(CultureInfo.InvariantCulture, $"{machine.Date[..10]}, {machine.Cores} cores of {machine.Cpu}, load average {machine.Load}"),
                "without it, before",
                $"beside it, {Cells.Number(figures.Number("settings/seconds"))} s",
                "without it, after",
            ],
            [
                ["a call of 100 values, least / median, µs", .. phases.Select(phase => Cells.Of(figures.Figure($"{phase}/call_us")))],
                Row("the 99th of 100 calls, µs", "call_us_of99"),
                Row("the most memory of the process, MiB", "most_memory_mib"),
                Row("values that the run and the other mirror have, all of them", "points"),
                Row("the most that waited for the last mirror, values", "most_pending"),
                Row("values that the dead mirror lost, counted", "dropped"),
            ]);

        string[] Row(string what, string figure) => [what, .. phases.Select(phase => Cells.Number(figures.Number($"{phase}/{figure}")))];
    }
}
