using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class LogStdFloats : ICallMethod
{
    public string Name => "log_std_floats";

    public Signature Signature { get; } = FloatCall.Signature("log_std_floats");

    public CallResult Play(Logger logger, Arguments arguments)
    {
        var call = FloatCall.From(arguments);
        if (call.Values.Doubles is not null)
        {
            logger.LogStdFloats(call.Metric, call.Scale, call.Values.Doubles, call.Steps, call.Labels, call.Timestamps);
        }
        else
        {
            logger.LogStdFloats(call.Metric, call.Scale, call.Values.Singles!, call.Steps, call.Labels, call.Timestamps);
        }

        return CallResult.Ok;
    }
}
