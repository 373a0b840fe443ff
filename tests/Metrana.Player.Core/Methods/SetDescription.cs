using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class SetDescription : ICallMethod
{
    public string Name => "set_description";

    public Signature Signature { get; } = new("set_description", ["description"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        logger.SetDescription(arguments.Text("description"));
        return CallResult.Ok;
    }
}
