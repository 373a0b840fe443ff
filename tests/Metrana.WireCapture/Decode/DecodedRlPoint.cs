namespace Metrana.WireCapture.Decode;

/// <summary>A point of reinforcement learning, equal to another only in every bit.</summary>
/// <param name="RlStep">The step of the training.</param>
/// <param name="Episode">Its episode, if it belongs to one.</param>
/// <param name="IsFlat">Whether its environment step counts through the whole run.</param>
/// <param name="IsFromOne">Whether the server counts its environment step from one over the episode.</param>
/// <param name="Point">Its environment step, time and value.</param>
public readonly record struct DecodedRlPoint(ulong RlStep, ulong? Episode, bool IsFlat, bool IsFromOne, DecodedPoint Point)
{
    /// <inheritdoc />
    public override string ToString() =>
        $"(rl {RlStep}, episode {Episode?.ToString() ?? "none"}{(IsFlat ? ", flat" : "")}{(IsFromOne ? ", from one" : "")}, {Point})";
}
