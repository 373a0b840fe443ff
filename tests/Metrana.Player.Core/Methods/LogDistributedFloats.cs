using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class LogDistributedFloats : ICallMethod
{
    public string Name => "log_distributed_floats";

    public Signature Signature { get; } = FloatCall.Signature("log_distributed_floats");

    public CallResult Play(Logger logger, Arguments arguments)
    {
        var call = FloatCall.From(arguments);
        if (call.Values.Doubles is not null)
        {
            logger.LogDistributedFloats(
                call.Metric, call.Scale, call.Values.Doubles, steps: call.Steps, labels: call.Labels, timestamps: call.Timestamps);
        }
        else
        {
            logger.LogDistributedFloats(
                call.Metric, call.Scale, call.Values.Singles!, steps: call.Steps, labels: call.Labels, timestamps: call.Timestamps);
        }

        return CallResult.Ok;
    }
}
