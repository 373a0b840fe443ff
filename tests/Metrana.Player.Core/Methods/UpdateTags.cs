using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class UpdateTags : ICallMethod
{
    public string Name => "update_tags";

    public Signature Signature { get; } = new("update_tags", ["added?", "removed?"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        logger.UpdateTags(arguments.OptionalTexts("added") ?? [], arguments.OptionalTexts("removed") ?? []);
        return CallResult.Ok;
    }
}
