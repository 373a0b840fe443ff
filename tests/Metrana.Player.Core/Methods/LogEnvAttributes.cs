using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class LogEnvAttributes : ICallMethod
{
    public string Name => "log_env_attributes";

    public Signature Signature { get; } = new("log_env_attributes", ["env_id", "value", "episode?"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        logger.LogEnvironmentAttributes(
            arguments.Text("env_id"), AttributeValues.From(arguments.Required("value")), arguments.OptionalCount("episode"));
        return CallResult.Ok;
    }
}
