using Metrana.Native;
using Metrana.Player.Results;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

internal sealed class LogScatters : ICallMethod
{
    public string Name => "log_scatters";

    public Signature Signature { get; } = new(
        "log_scatters",
        ["metric", "scale", "scatters", "labels?"],
        ["steps", "x_title?", "y_title?", "z_title?", "timestamps_millis?", "timestamp_millis?"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        var metric = arguments.Text("metric");
        Scale scale = arguments.Text("scale");
        Scatter[] scatters = [.. SetArguments.Items(arguments, "scatters").Select(Scatter)];
        var titles = new AxisTitles { X = arguments.OptionalText("x_title"), Y = arguments.OptionalText("y_title"), Z = arguments.OptionalText("z_title") };
        logger.LogScatters(
            metric,
            scale,
            scatters,
            steps: SetArguments.Steps(arguments, SetArguments.IsOne(arguments, "scatters")),
            titles: titles,
            labels: arguments.Labels(),
            timestamps: TimestampArguments.From(arguments).Timestamps);
        return CallResult.Ok;
    }

    private static Scatter Scatter(IReadOnlyList<ScriptValue> parts) => parts switch
    {
        [var xs, var ys] => new Scatter(SetArguments.Doubles(xs, "xs"), SetArguments.Doubles(ys, "ys")),
        [var xs, var ys, var zs] => new Scatter(
            SetArguments.Doubles(xs, "xs"), SetArguments.Doubles(ys, "ys"), SetArguments.Doubles(zs, "zs")),
        _ => throw RefusalException.Value($"scatters: two or three columns are needed, not {parts.Count}"),
    };
}
