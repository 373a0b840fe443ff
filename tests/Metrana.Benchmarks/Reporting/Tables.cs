using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;

namespace Benchmarks.Reporting;

/// <summary>The tables of docs/performance.md and the figures of the README, by the names of their marks.</summary>
internal sealed class Tables(Figures figures)
{
    private const double Milli = 1e3;
    private const double Rows = 16_384; // of 100 values, in a burst

    public SortedDictionary<string, string> All() => new(StringComparer.Ordinal)
    {
        ["machine"] = Machine(),
        ["goals"] = Goals(),
        ["floors"] = Floors(),
        ["bursts"] = Bursts(),
        ["scalars"] = Scalars(),
        ["client"] = Client(),
        ["scaling-load"] = Scaling("load"),
        ["scaling-series"] = Scaling("series"),
        ["scaling-single"] = Scaling("single"),
        ["scaling-loggers"] = Scaling("loggers"),
        ["life"] = Life(),
        ["memory"] = Memory(),
        ["readme"] = Readme(),
    };

    private string Machine() => Cells.Table(
        ["", ""],
        [
            ["machine", $"{figures.Text("machine/cpu")}, {figures.Number("machine/cores")} cores; {figures.Text("machine/os")}"],
            [".NET", figures.Text("machine/runtime")],
            ["commit", $"`{figures.Text("commit")}`"],
            ["date", figures.Text("machine/date")],
            ["load average at the start", Cells.Number(figures.Number("machine/load"))],
        ]);

    /// <summary>What was to be reached, and what was.</summary>
    private string Goals()
    {
        double call = figures.Figure("floors/empty_pinvoke_ns").Min;
        double push = figures.Figure("floors/lock_push_ns").Min;
        double copyRow = figures.Figure("floors/copy_ns/800").Min;
        double farRow = figures.Figure("floors/far_copy_ns/800").Min;
        double copyColumn = figures.Figure("floors/copy_ns/80000").Min;
        double farColumn = figures.Figure("floors/far_copy_ns/80000").Min;
        double send = figures.Figure("floors/loopback_frames_1m/cpu_ns_per_point").Min;
        double copyBurst = farRow * Rows / 1e6;
        JsonNode many = Case("single", 65_536, handles: true);
        JsonNode manyByName = Case("single", 65_536, handles: false);
        MinMedianMax manyNs = Of(many, "enqueue_ns_per_point");
        return Cells.Table(
            ["path", "goal", "here, least / median", "floor", "least over floor"],
            [
                Row("one scalar by handle, caller's CPU", "60 ns", figures.Figure("scalar_handle/call_ns"), 1, "ns", call + push, "an empty call, a lock and a record"),
                Row("one scalar by name and one label", "200 ns", figures.Figure("scalar_name/call_ns"), 1, "ns", call + push, "the same"),
                Row("column of 10,000 doubles", "1.5x its floor", figures.Figure("column_10000/call_ns"), 1, "ns", copyColumn + call, "a copy and an empty call"),
                Row("the same", "1.5x its floor", figures.Figure("column_10000/call_ns"), 1, "ns", farColumn + call, "a copy into memory out of the caches, and an empty call"),
                Row("1.6 M points vectorised by handle, enqueue, caller's CPU", "5 ms", figures.Figure("vector_handles/enqueue_cpu_s"), Milli, "ms", copyBurst, "its copies, into memory out of the caches"),
                Row("the same by name", "5 ms", figures.Figure("vector_names/enqueue_cpu_s"), Milli, "ms", copyBurst, "its copies, into memory out of the caches"),
                Row("one call for each environment, by handle", "8 ms", figures.Figure("per_env_handles/enqueue_cpu_s"), Milli, "ms", copyBurst + (call * Rows / 1e6), "those copies, and empty calls"),
                Row("the same by name", "8 ms", figures.Figure("per_env_names/enqueue_cpu_s"), Milli, "ms", copyBurst + (call * Rows / 1e6), "the same"),
                Row("to the last ack, CPU of the whole client, a point, vectorised", "9 ns", figures.Figure("vector_handles/cpu_ns_per_point"), 1, "ns", send + (copyRow / 100), "raw frames and one copy"),
                Row("the same, one call for each environment", "9 ns", figures.Figure("per_env_handles/cpu_ns_per_point"), 1, "ns", send + (copyRow / 100), "the same"),
                Row("delay of the last point of a burst, no flush", "20 ms", figures.Figure("vector_handles/drain_lag_s"), Milli, "ms", figures.Figure("floors/loopback_frames_1m/burst_s").Min * Milli, "sending the burst raw"),
                Row("delay of the last of 16,000 points", "20 ms", Of(Case("load", 160, true), "drain_lag_s"), Milli, "ms", 0, ""),
                Row("wire, RL rows of 100 doubles", "8.33 B", figures.Figure("vector_handles/wire_bytes_per_point"), 1, "B", 8, "the value"),
                Row("wire, RL rows of 100 floats", "4.32 B", figures.Figure("vector_floats/wire_bytes_per_point"), 1, "B", 4, "the value"),
                Row("wire, scalars one call each", "14.5 B", figures.Figure("scalar_handle/wire_bytes_per_point"), 1, "B", 8, "the value"),
                Row("wire, 65,536 series of one point", "27 B", Of(many, "wire_bytes_per_point"), 1, "B", 8, "the value"),
                Row("65,536 series of one point by handle, caller's CPU a point", "150 ns", manyNs, 1, "ns", call + push, "an empty call, a lock and a record"),
                Row("the same by name and one label", "200 ns", Of(manyByName, "enqueue_ns_per_point"), 1, "ns", call + push, "the same"),
                Row("opening a logger, plaintext", "2 ms", figures.Figure("startup/plaintext/open_s"), Milli, "ms", 0, ""),
                Row("opening a logger, TLS", "15 ms", figures.Figure("startup/tls/open_s"), Milli, "ms", 0, ""),
                Row("memory above the program's own, bursts", "32 MiB", figures.Figure("memory/peak_above_baseline_mib"), 1, "MiB", 0, ""),
                ["memory above the queue bytes in an outage", "32 MiB", $"{Cells.Number(figures.Number("memory/outage/peak_above_queue_mib"))} MiB", "", ""],
            ]);
    }

    private string Floors() => Cells.Table(
        ["floor", "least / median, ns a call"],
        [
            ["managed call, not inlined", Cells.Of(figures.Figure("floors/managed_call_ns"))],
            ["empty P/Invoke", Cells.Of(figures.Figure("floors/empty_pinvoke_ns"))],
            ["uncontended lock, and a record of 32 bytes", Cells.Of(figures.Figure("floors/lock_push_ns"))],
            .. Copies("floors/copy_ns", "warm memory"),
            .. Copies("floors/far_copy_ns", "memory out of the caches"),
            ["sending 8 bytes in raw frames of 16 KiB over the loopback, CPU", Cells.Of(figures.Figure("floors/loopback_frames_16k/cpu_ns_per_point"))],
            ["the same in frames of 1 MiB", Cells.Of(figures.Figure("floors/loopback_frames_1m/cpu_ns_per_point"))],
        ]);

    private IEnumerable<string[]> Copies(string path, string into) => figures.Node(path).AsObject().Select(copy => (string[])
    [
        $"copy of {int.Parse(copy.Key, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture)} bytes into {into}",
        Cells.Of(copy.Value.Deserialize<MinMedianMax>(ResultJson.Options)),
    ]);

    private string Bursts() => Cells.Table(
        ["1,024 environments, 16 metrics, 100 points", "enqueue, ms", "caller's CPU, ms", "CPU of the process, ns a point", "last ack after, ms", "million points a second", "the server's CPU, ns a point", "wire, B a point", "managed bytes"],
        new (string Name, string Label)[]
        {
            ("vector_handles", "vectorised, by handle"), ("vector_names", "vectorised, by name"), ("vector_floats", "vectorised, by handle, floats"),
            ("per_env_handles", "a call for each environment, by handle"), ("per_env_names", "a call for each environment, by name"),
        }.Select(row => (string[])
        [
            row.Label,
            Cells.Of(figures.Figure($"{row.Name}/enqueue_s"), Milli),
            Cells.Of(figures.Figure($"{row.Name}/enqueue_cpu_s"), Milli),
            Cells.Of(figures.Figure($"{row.Name}/cpu_ns_per_point")),
            Cells.Of(figures.Figure($"{row.Name}/drain_lag_s"), Milli),
            Cells.Number(figures.Figure($"{row.Name}/points_per_s").Max / 1e6),
            Cells.Number(figures.Number($"{row.Name}/server_cpu_ns_per_point")),
            Cells.Number(figures.Figure($"{row.Name}/wire_bytes_per_point").Median),
            Cells.Of(figures.Figure($"{row.Name}/managed_bytes")),
        ]));

    private string Scalars() => Cells.Table(
        ["single values", "caller's CPU, ns a call", "CPU of the process, ns a point", "wire, B a point", "managed bytes"],
        new (string Name, string Label)[]
        {
            ("scalar_handle", "by handle"), ("scalar_name_0", "by name"), ("scalar_name", "by name and one label"), ("scalar_name_3", "by name and three labels"),
            ("scalar_handle_8", "by handle, eight threads"), ("scalar_name_8", "by name and one label, eight threads"),
        }.Select(row => (string[])
        [
            row.Label,
            Cells.Of(figures.Figure($"{row.Name}/call_ns")),
            Cells.Of(figures.Figure($"{row.Name}/cpu_ns_per_point")),
            Cells.Number(figures.Figure($"{row.Name}/wire_bytes_per_point").Median),
            Cells.Of(figures.Figure($"{row.Name}/managed_bytes")),
        ]));

    private string Client() => Cells.Table(
        [$"measured {figures.Text("client/machine/date")} on {figures.Text("client/machine/cpu")}, load average {Cells.Number(figures.Number("client/machine/load"))}", "caller's CPU, ns a call", "the engine's own", "over it, least", "managed bytes"],
        new (string Name, string Label)[]
        {
            ("series", "`run.Series`: one value"), ("rl_series", "`run.RlSeries`: a value of an environment, by its name"),
            ("time", "`run.Time`: a section, with both looks at the clock"),
        }.Select(row => (string[])
        [
            row.Label,
            Cells.Of(figures.Figure($"client/{row.Name}/client_ns")),
            Cells.Of(figures.Figure($"client/{row.Name}/engine_ns")),
            $"{Cells.Number(figures.Number($"client/{row.Name}/over_ns"))} ns",
            Cells.Number(figures.Number($"client/{row.Name}/managed_bytes")),
        ]));

    private string Scaling(string axis) => Cells.Table(
        ["points a burst", "series", "loggers", "how", "caller's CPU, ns a point", "CPU of the process, ns a point", "last ack after, ms", "wire, B a point"],
        figures.Cases(axis).Select(one => (string[])
        [
            Whole(one["points"]!), Whole(one["series"]!), Whole(one["loggers"]!), one["handles"]!.GetValue<bool>() ? "by handle" : "by name",
            Cells.Of(Of(one, "enqueue_ns_per_point")), Cells.Of(Of(one, "cpu_ns_per_point")), Cells.Of(Of(one, "drain_lag_s"), Milli),
            Cells.Number(Of(one, "wire_bytes_per_point").Median),
        ]));

    private string Life() => Cells.Table(
        ["", "least / median, ms"],
        [
            ["opening a logger, plaintext", Cells.Of(figures.Figure("startup/plaintext/open_s"), Milli)],
            ["opening a logger, TLS", Cells.Of(figures.Figure("startup/tls/open_s"), Milli)],
            ["the first of the process, with loading and compiling", Cells.Number(figures.Number("startup/first_open_s") * Milli)],
            ["closing one that was not used", Cells.Of(figures.Figure("close/unused_s"), Milli)],
            ["closing one whose points were all delivered", Cells.Of(figures.Figure("close/all_delivered_s"), Milli)],
            ["closing one with a point to deliver", Cells.Of(figures.Figure("close/one_point_left_s"), Milli)],
            ["closing one right after a burst of 1.6 million points", Cells.Of(figures.Figure("close/burst_left_s"), Milli)],
        ]);

    private string Memory() => Cells.Table(
        ["resident memory above that of the program before its first burst", "MiB"],
        [
            ["peak, bursts that are acknowledged, least / median", Cells.Of(figures.Figure("memory/peak_above_baseline_mib"))],
            ["after each, least / median", Cells.Of(figures.Figure("memory/steady_above_baseline_mib"))],
            [$"peak above the queue's {Cells.Number(figures.Number("memory/settings/queue_bytes") / (1 << 20))} MiB in an outage of {Cells.Number(figures.Number("memory/outage/seconds"))} s", Cells.Number(figures.Number("memory/outage/peak_above_queue_mib"))],
            ["growth from when the queue was full to the end of the outage", Cells.Number(figures.Number("memory/outage/growth_while_full_mib"))],
            ["after the outage", Cells.Number(figures.Number("memory/after_outage_above_baseline_mib"))],
        ]);

    private string Readme()
    {
        string[] loops = ["scalar_handle", "scalar_name", "vector_handles", "vector_names", "per_env_handles", "per_env_names"];
        double managed = loops.Max(loop => figures.Figure($"{loop}/managed_bytes").Median);
        string garbage = managed == 0 ? "None of these calls leaves anything" : $"A round of these calls leaves {Cells.Number(managed)} bytes";
        string[] lines =
        [
            $"One value costs its caller {Least("scalar_handle/call_ns", 1)} ns by handle and {Least("scalar_name/call_ns", 1)} ns by name and one label.",
            $"A burst of 1.6 million points in 16 calls costs {Least("vector_handles/enqueue_cpu_s", Milli)} ms, and {Least("vector_handles/cpu_ns_per_point", 1)} ns of CPU a point until",
            $"the last is acknowledged; in 16,384 calls, {Least("per_env_handles/enqueue_cpu_s", Milli)} ms and {Least("per_env_handles/cpu_ns_per_point", 1)} ns. {garbage}",
            $"to the garbage collector. (Least values, {figures.Text("machine/date")[..10]}, {figures.Number("machine/cores")} cores of {figures.Text("machine/cpu")}.)",
        ];
        return "\n" + string.Join('\n', lines) + "\n";
    }

    private string Least(string way, double factor) => Cells.Number(figures.Figure(way).Min * factor);

    private static string[] Row(string path, string goal, MinMedianMax value, double factor, string unit, double floor, string what)
    {
        string ratio = floor == 0 ? "" : $"{Cells.Number(value.Min * factor / floor)}x";
        return [path, goal, $"{Cells.Of(value, factor)} {unit}", floor == 0 ? "" : $"{Cells.Number(floor)} {unit} ({what})", ratio];
    }

    private static MinMedianMax Of(JsonNode one, string figure) => one[figure].Deserialize<MinMedianMax>(ResultJson.Options);

    private static string Whole(JsonNode number) => number.GetValue<long>().ToString("N0", CultureInfo.InvariantCulture);

    private JsonNode Case(string axis, int series, bool handles) =>
        figures.Cases(axis).Single(one => one["series"]!.GetValue<int>() == series && one["handles"]!.GetValue<bool>() == handles);
}
