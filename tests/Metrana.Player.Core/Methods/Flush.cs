using Metrana.Native;
using Metrana.Player.Results;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

internal sealed class Flush : ICallMethod
{
    public string Name => "flush";

    public Signature Signature { get; } = new("flush", ["timeout_secs?"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        logger.Flush(Timeout(arguments.OptionalDouble("timeout_secs")));
        return CallResult.Ok;
    }

    // Nothing is waited for when the time is negative, and for ever when it is more than the clock can hold.
    private static TimeSpan? Timeout(double? seconds) => seconds switch
    {
        null => null,
        double.NaN => throw RefusalException.Value("timeout_secs is not a number"),
        <= 0 => TimeSpan.Zero,
        > int.MaxValue => null,
        { } time => TimeSpan.FromSeconds(time),
    };
}
