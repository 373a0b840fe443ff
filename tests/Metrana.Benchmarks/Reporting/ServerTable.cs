using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Modes;
using Benchmarks.Results;
using Benchmarks.Workloads;

namespace Benchmarks.Reporting;

/// <summary>The table of the local server's database: what was to be reached, and what docs/performance/server.json says.</summary>
internal sealed class ServerTable(JsonObject content)
{
    private const double Milli = 1e3;
    private const double Mega = 1e-6;

    public static ServerTable Load(string path) => new(File.Exists(path) ? Figures.Load(path).Content : []);

    public string Table() => Cells.Table(
        ["what", "aim", "here", "measured, load average at the start"],
        [.. Burst(), .. Sustained(), .. Disk(), .. Read(), .. Start()]);

    /// <summary>The data sets by their names.</summary>
    public static string Sets() => Cells.Table(["set", "what"], DataSet.All.Select(set => (string[])[set.Name, set.Of]));

    private IEnumerable<string[]> Burst() => Rows(
        ServerMode.Burst,
        ("bursts of 1.6 million points, committed with FULL: points a second to the last ack, client included (best / median)", "20 M", BestRate));

    private IEnumerable<string[]> Sustained() => Rows(
        ServerMode.Sustained,
        ("sustained, sealed as they come: points a second, and how long", "5 M, 600 s", part =>
            $"{Cells.Number(part.Number("points_per_s") * Mega)} M, {Cells.Number(part.Number("settings/seconds"))} s"),
        ("the same: the server's CPU a point, until all is sealed", "100 ns", part => $"{Cells.Number(part.Number("server_cpu_ns_per_point"))} ns"),
        ("the same: from call to ack, the 99th of 100", "20 ms", part => $"{Cells.Number(part.Number("ack_p99_s") * Milli)} ms"),
        ("the same: the worst", "50 ms", part => $"{Cells.Number(part.Figure("ack_s").Max * Milli)} ms"),
        ("the same: the greatest length of the write-ahead log", "256 MB", part => $"{Cells.Number(part.Number("most_wal_bytes") * Mega)} MB"),
        ("the same: the server's memory after a tenth, a half, all of it", "flat", part =>
            $"{Cells.Number(part.Number("rss_mib/tenth"))}, {Cells.Number(part.Number("rss_mib/half"))}, {Cells.Number(part.Number("rss_mib/end"))} MiB"));

    private IEnumerable<string[]> Disk()
    {
        string[] named = [.. DataSet.All.Select(set => set.Name).Where(name => name != DataSet.Random)];
        return Rows(
            ServerMode.Disk,
            [
                ("disk, mean of the named sets, a point", "2 B", part => $"{Cells.Number(named.Average(name => Bytes(part, name)))} B"),
                .. named.Select(name => ((string, string, Func<Figures, string>))($"disk: {name}", "3.2 B", part => $"{Cells.Number(Bytes(part, name))} B")),
                ($"disk: {DataSet.Random}", "7.8 B", part => $"{Cells.Number(Bytes(part, DataSet.Random))} B"),
            ]);
    }

    private IEnumerable<string[]> Read() => Rows(
        ServerMode.Read,
        ("1,000 buckets over 10 million points, over HTTP (least / median)", "50 ms", part => Answer(part, "buckets")),
        ("1 million raw points over HTTP, binary", "50 ms", part => Answer(part, "raw")),
        ("heat map, 1,024 environments × 1,000 steps of the training", "100 ms", part => Answer(part, "heat_map")));

    private IEnumerable<string[]> Start() => Rows(
        ServerMode.Start,
        ("start on 10 GB of data, to the first answer (least / median)", "200 ms", part =>
            $"{Cells.Of(part.Figure("first_answer_s"), Milli)} ms, with {Cells.Number(part.Number("file_gib"))} GiB"));

    private static string BestRate(Figures part)
    {
        MinMedianMax rate = part.Figure("points_per_s");
        return $"{Cells.Number(rate.Max * Mega)} / {Cells.Number(rate.Median * Mega)} M";
    }

    private static double Bytes(Figures part, string set) => part.Number($"sets/{set}/bytes_per_point");

    private static string Answer(Figures part, string question) => $"{Cells.Of(part.Figure($"{question}/answer_s"), Milli)} ms";

    /// <summary>The rows of a part. One that was not measured says so.</summary>
    private IEnumerable<string[]> Rows(string name, params (string What, string Aim, Func<Figures, string> Here)[] rows)
    {
        if (content[name] is not JsonObject measured)
        {
            return rows.Select(row => (string[])[row.What, row.Aim, "not measured yet", ""]);
        }

        Figures part = new(measured);
        Machine machine = measured["machine"].Deserialize<Machine>(ResultJson.Options)!;
        string when = string.Create(CultureInfo.InvariantCulture, $"{machine.Date[..10]}, {machine.Cores} cores of {machine.Cpu}, {machine.Load}");
        return rows.Select(row => (string[])[row.What, row.Aim, row.Here(part), when]);
    }
}
