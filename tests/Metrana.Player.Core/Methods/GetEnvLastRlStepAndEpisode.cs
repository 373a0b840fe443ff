using System.Text.Json.Nodes;
using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class GetEnvLastRlStepAndEpisode : ICallMethod
{
    public string Name => "get_env_last_rl_step_and_episode";

    public Signature Signature { get; } = new("get_env_last_rl_step_and_episode", ["env"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        var (rlStep, episode) = logger.GetEnvironmentLastRlStepAndEpisode(arguments.Text("env"));
        return CallResult.Of(new JsonArray(Json(rlStep), Json(episode)));
    }

    private static JsonValue? Json(long? number) => number is null ? null : JsonValue.Create(number.Value);
}
