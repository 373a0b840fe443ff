using System.Globalization;
using System.Text.Json;
using Benchmarks.Measuring;
using Benchmarks.Results;

namespace Benchmarks.Reporting;

/// <summary>The table of what the mode "callers" has measured, from docs/performance/callers.json.</summary>
internal static class CallersTable
{
    private static readonly (string Name, string What, string Goal)[] _rows =
    [
        ("event", "an event of `ILogger` with two numbers, to `AddMetrana`", "250 ns"),
        ("run", "`run.Log` of a value by name, without a mirror", ""),
        ("run_mirrored", "the same with a mirror", ""),
        ("syvain_metric", "`Experiment.Metric` of Syvain", ""),
    ];

    public static string Of(string path)
    {
        if (!File.Exists(path))
        {
            return Cells.Table(["call", "here"], _rows.Select(row => (string[])[row.What, "not measured yet"]));
        }

        Figures figures = Figures.Load(path);
        Machine machine = figures.Node("machine").Deserialize<Machine>(ResultJson.Options)!;
        double floor = figures.Number("floor_ns");
        return Cells.Table(
            [
                string.Create(CultureInfo.InvariantCulture, $"{machine.Date[..10]}, {machine.Cores} cores of {machine.Cpu}, load average {machine.Load}"),
                "goal", "caller's CPU, ns a call, least / median", $"least over floor ({Cells.Number(floor)} ns)", "managed bytes a call",
            ],
            _rows.Select(row =>
            {
                MinMedianMax ns = figures.Figure($"{row.Name}/call_ns");
                return (string[])
                [
                    row.What, row.Goal, Cells.Of(ns), $"{Cells.Number(ns.Min / floor)}x",
                    Cells.Number(figures.Figure($"{row.Name}/managed_bytes").Median),
                ];
            }));
    }
}
