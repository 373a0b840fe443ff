using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class LogAttributes : ICallMethod
{
    public string Name => "log_attributes";

    public Signature Signature { get; } = new("log_attributes", ["prefix_path", "value"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        logger.LogAttributes(arguments.Text("prefix_path"), AttributeValues.From(arguments.Required("value")));
        return CallResult.Ok;
    }
}
