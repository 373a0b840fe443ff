using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Modes;

/// <summary>How long opening a logger takes: until the server has answered.</summary>
internal sealed record StartupMode
{
    public TargetOptions Target { get; init; } = new();

    public int Opens { get; init; } = 30;

    public static Command Command()
    {
        Command command = new("startup", "How long opening a logger takes, plain and (with the local server) over TLS");
        TargetArguments target = new(command);
        Option<int> opens = Arguments.Count(command, "--opens", "How many loggers are opened, one after the other", 30);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(
            parsed.GetValue(json), () => new StartupMode { Target = target.Read(parsed), Opens = parsed.GetValue(opens) }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        Machine machine = Machine.This;
        await using Target target = await Serving.Target.OpenAsync(Target);
        double begun = Clocks.Wall;
        await OpenAsync(target, _ => { }, []);
        double first = Clocks.Wall - begun;
        OpenFigures plain = await ManyAsync(target, _ => { });
        JsonObject result = ResultJson.Of(
            new JsonObject { ["mode"] = "startup", ["verified"] = target.Verified },
            new { Machine = machine, Settings = new { Opens }, FirstOpenS = Digits.Significant(first), Plaintext = plain });
        if (target.Server is { } server)
        {
            using TlsFront front = TlsFront.Start(server.Endpoint);
            OpenFigures secure = await ManyAsync(target, config =>
            {
                config.Endpoint = front.Endpoint;
                config.ExtraCaPem = front.CaPem;
            });
            result.Add("tls", ResultJson.Node(secure));
        }

        return result;
    }

    private async Task<OpenFigures> ManyAsync(Target target, Action<LoggerConfig> change)
    {
        List<(double Wall, double Cpu)> opens = [];
        await OpenAsync(target, change, []); // A first one over this way, unmeasured.
        for (int i = 0; i < Opens; i++)
        {
            await OpenAsync(target, change, opens);
        }

        return new OpenFigures(MinMedianMax.Of(opens.Select(o => o.Wall)), MinMedianMax.Of(opens.Select(o => o.Cpu)));
    }

    /// <summary>Opens a logger, sees a point of it through, and closes it.</summary>
    private static async Task OpenAsync(Target target, Action<LoggerConfig> change, List<(double Wall, double Cpu)> opens)
    {
        LoggerConfig config = target.NextConfig();
        change(config);
        double cpu = Clocks.OfProcess;
        double begun = Clocks.Wall;
        await using Logger logger = new(config);
        opens.Add((Clocks.Wall - begun, Clocks.OfProcess - cpu));
        logger.LogStdFloats("opened", Scale.MlStep, 1.0);
        await target.CloseAndVerifyAsync(logger, new Delivered(Points: 1));
    }
}

/// <summary>What opening a logger takes.</summary>
/// <param name="OpenS">The constructor, from the call to its return.</param>
/// <param name="CpuS">CPU of the whole process meanwhile.</param>
internal sealed record OpenFigures(MinMedianMax OpenS, MinMedianMax CpuS);
