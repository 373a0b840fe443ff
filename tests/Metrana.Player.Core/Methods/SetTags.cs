using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class SetTags : ICallMethod
{
    public string Name => "set_tags";

    public Signature Signature { get; } = new("set_tags", ["tags"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        logger.SetTags(arguments.Texts("tags"));
        return CallResult.Ok;
    }
}
