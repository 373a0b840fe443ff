using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class LogConfig : ICallMethod
{
    public string Name => "log_config";

    public Signature Signature { get; } = new("log_config", ["value"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        logger.LogConfigValue(AttributeValues.From(arguments.Required("value")));
        return CallResult.Ok;
    }
}
