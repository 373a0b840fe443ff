using System.Text.Json.Nodes;
using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class GetSeriesLastStep : ICallMethod
{
    public string Name => "get_series_last_step";

    public Signature Signature { get; } = new("get_series_last_step", ["metric", "scale", "labels?"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        var step = logger.GetSeriesLastStep(arguments.Text("metric"), arguments.Text("scale"), arguments.Labels());
        return CallResult.Of(step is null ? null : JsonValue.Create(step.Value));
    }
}
