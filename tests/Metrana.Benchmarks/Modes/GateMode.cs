using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Gates;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Metrana.Native;
using Metrana.Server;

namespace Benchmarks.Modes;

/// <summary>Holds what is measured against the limits. Only against the local server: every point is read back or counted.</summary>
internal sealed record GateMode
{
    /// <summary>How often what depends on time is measured before it counts as failed.</summary>
    private const int TimingRounds = 5;

    private const string FromFile = "instructions-from-file";

    public bool Short { get; init; }

    public required string Limits { get; init; }

    public required string InstructionsFile { get; init; }

    public required string InstructionsProgram { get; init; }

    /// <summary>Writes the counts to the file instead of comparing them.</summary>
    public bool Renew { get; init; }

    public string? Json { get; init; }

    public static Command Command()
    {
        Command command = new("gate", "Holds ratios, counts and sizes against their limits; exit code 1 when one is passed. build/bench-gate.sh runs it");
        Option<bool> brief = new("--short") { Description = "The form that takes minutes: fewer rounds, no outage" };
        Option<string> limits = new("--limits") { Description = "The file with the limits", Required = true };
        Option<string> file = new("--instructions") { Description = "The file with the checked instruction counts", Required = true };
        Option<string> program = new("--program") { Description = "The compiled native/metrana-capi/tests/c/instructions.c", Required = true };
        Option<bool> renew = new("--renew") { Description = "Write the instruction counts to their file instead of comparing them" };
        Option<string?> json = new("--json") { Description = "The file to write what was measured to" };
        Option[] all = [brief, limits, file, program, renew, json];
        Array.ForEach(all, command.Options.Add);
        command.SetAction((parsed, _) => new GateMode
        {
            Short = parsed.GetValue(brief),
            Limits = parsed.GetRequiredValue(limits),
            InstructionsFile = parsed.GetRequiredValue(file),
            InstructionsProgram = parsed.GetRequiredValue(program),
            Renew = parsed.GetValue(renew),
            Json = parsed.GetValue(json),
        }.RunAsync());
        return command;
    }

    public async Task<int> RunAsync()
    {
        try
        {
            return await MeasureAsync() ? 0 : 1;
        }
        catch (Exception e) when (e is NotDeliveredException or MetranaException or LocalServerException or IOException or JsonException)
        {
            await Console.Error.WriteLineAsync($"{e.GetType().Name}: {e.Message}");
            return 1;
        }
    }

    private async Task<bool> MeasureAsync()
    {
        GateVerdicts verdicts = new(GateLimits.Load(Limits), Short);
        Machine machine = Machine.This;
        Console.WriteLine($"{machine.Cpu}, {machine.Cores} cores, load {machine.Load}, {machine.Date}");
        SortedDictionary<string, double> counts = await CountAsync(verdicts);
        RatioProbe ratios = new(rounds: Short ? 16 : 20);
        await BestOfAsync(verdicts, ratios.MeasureAsync);
        await BestOfAsync(verdicts, new EventProbe(rounds: Short ? 16 : 20).MeasureAsync);
        await BestOfAsync(verdicts, new ClientProbe(rounds: Short ? 16 : 20).GateAsync);
        await BestOfAsync(verdicts, OpenAsync);
        if (!Short)
        {
            await BestOfAsync(verdicts, RememberAsync);
        }

        foreach (string line in verdicts.Lines())
        {
            Console.WriteLine(line);
        }

        if (Json is not null)
        {
            JsonObject result = ResultJson.Of(
                new JsonObject { ["mode"] = "gate" },
                new { Machine = machine, Short, Passed = verdicts.AllPass, verdicts.Measured, Instructions = counts });
            ResultJson.Write(result, Json);
        }

        Console.WriteLine(verdicts.AllPass ? "bench gate: passed" : "bench gate: FAILED");
        return verdicts.AllPass;
    }

    /// <summary>Takes a measurement that other programs can disturb again while one of its gates fails.</summary>
    private static async Task BestOfAsync(GateVerdicts verdicts, Func<Task<Dictionary<string, double>>> measure)
    {
        for (int i = 0; i < TimingRounds; i++)
        {
            Dictionary<string, double> values = await measure();
            verdicts.Add(values);
            if (!verdicts.AnyFails(values.Keys))
            {
                return;
            }
        }
    }

    private static async Task<Dictionary<string, double>> OpenAsync()
    {
        JsonObject opened = await ChildProcess.MeasureAsync("startup", "--opens", "15");
        return new Dictionary<string, double>
        {
            ["open-plaintext-ms"] = Least(opened["plaintext"]!["open_s"]!) * 1000,
            ["open-tls-ms"] = Least(opened["tls"]!["open_s"]!) * 1000,
        };
    }

    private static async Task<Dictionary<string, double>> RememberAsync()
    {
        JsonObject memory = await ChildProcess.MeasureAsync("memory", "--handles", "--bursts", "10", "--outage-secs", "10");
        return new Dictionary<string, double>
        {
            ["memory-steady-mib"] = Most(memory["peak_above_baseline_mib"]!),
            ["memory-outage-above-queue-mib"] = memory["outage"]!["peak_above_queue_mib"]!.GetValue<double>(),
            ["memory-outage-growth-mib"] = memory["outage"]!["growth_while_full_mib"]!.GetValue<double>(),
        };
    }

    private static double Least(JsonNode figure) => figure.Deserialize<MinMedianMax>(ResultJson.Options).Min;

    private static double Most(JsonNode figure) => figure.Deserialize<MinMedianMax>(ResultJson.Options).Max;

    private async Task<SortedDictionary<string, double>> CountAsync(GateVerdicts verdicts)
    {
        (SortedDictionary<string, double> counts, SortedDictionary<string, double> contention) =
            await new InstructionProbe(InstructionsProgram).MeasureAsync(Short);
        foreach ((string name, double count) in counts)
        {
            Console.WriteLine(FormattableString.Invariant($"instructions  {name,-20}{count,12:F1}"));
        }

        verdicts.Add(contention);
        verdicts.Add(new Dictionary<string, double>
        {
            ["instructions-scalar-handle"] = counts["scalar-handle"],
            ["instructions-scalar-name"] = counts["scalar-name"],
            ["instructions-column-100"] = counts["column-100"],
            ["instructions-rl-row-100"] = counts["rl-row-100"],
            ["instructions-column-10000-over-copy"] = counts["column-10000"] / (counts["copy-10000"] + counts["empty"]),
        });
        if (Renew)
        {
            new InstructionFile { Counts = counts }.Save(InstructionsFile);
            Console.WriteLine($"written to {InstructionsFile}");
        }

        (double difference, string furthest) = InstructionFile.Load(InstructionsFile).Furthest(counts);
        verdicts.Add(new Dictionary<string, double> { [FromFile] = difference });
        if (!Renew)
        {
            Console.WriteLine(FormattableString.Invariant($"furthest from {InstructionsFile}: {furthest}, {difference:P1}"));
        }

        return counts;
    }
}
