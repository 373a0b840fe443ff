using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Benchmarks.Floors;
using Benchmarks.Measuring;
using Benchmarks.Results;

namespace Benchmarks.Modes;

/// <summary>What this machine allows: everything else is held against it.</summary>
internal sealed record FloorsMode
{
    public int Rounds { get; init; } = 50;

    public static Command Command()
    {
        Command command = new("floors", "What this machine allows: copies, an empty call, a lock, the loopback");
        Option<int> rounds = Arguments.Count(command, "--rounds", "How many rounds are measured, the cases in turn", 50);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(
            parsed.GetValue(json), () => Task.FromResult(new FloorsMode { Rounds = parsed.GetValue(rounds) }.Run())));
        return command;
    }

    public JsonObject Run()
    {
        Machine machine = Machine.This;
        using FloorSet floors = new();
        floors.Measure(Rounds);
        return ResultJson.Of(
            new JsonObject { ["mode"] = "floors" },
            new
            {
                Machine = machine,
                Settings = new { Rounds },
                ManagedCallNs = floors.ManagedCall.Ns,
                EmptyPinvokeNs = floors.EmptyCall.Ns,
                LockPushNs = floors.LockAndPush.Ns,
                CopyRingMib = FloorSet.RoundBytes >> 20,
                FarCopyRingMib = FloorSet.FarRingBytes >> 20,
            },
            new JsonObject
            {
                ["copy_ns"] = ByBytes(floors.Copies),
                ["far_copy_ns"] = ByBytes(floors.FarCopies),
                ["loopback_frames_16k"] = ResultJson.Node(Send(1 << 14)),
                ["loopback_frames_1m"] = ResultJson.Node(Send(1 << 20)),
            });
    }

    private static JsonObject ByBytes(SortedDictionary<int, Floor> copies)
    {
        JsonObject byBytes = [];
        foreach ((int bytes, Floor floor) in copies)
        {
            byBytes.Add(bytes.ToString(CultureInfo.InvariantCulture), ResultJson.Node(floor.Ns));
        }

        return byBytes;
    }

    private LoopbackFigures Send(int frameBytes)
    {
        using Loopback loopback = new(frameBytes, 1_638_400 * sizeof(double));
        _ = loopback.Send();
        var bursts = Enumerable.Range(0, Math.Max(5, Rounds / 2)).Select(_ => loopback.Send()).ToList();
        double points = loopback.Bytes / (double)sizeof(double);
        return new LoopbackFigures(
            MinMedianMax.Of(bursts.Select(b => b.Cpu * 1e9 / points)),
            MinMedianMax.Of(bursts.Select(b => b.Wall)),
            loopback.Bytes);
    }
}

/// <summary>Sending a burst of doubles raw.</summary>
/// <param name="CpuNsPerPoint">CPU of the sending process a point of eight bytes.</param>
/// <param name="BurstS">To the last answer.</param>
/// <param name="Bytes">Of a burst.</param>
internal sealed record LoopbackFigures(MinMedianMax CpuNsPerPoint, MinMedianMax BurstS, long Bytes);
