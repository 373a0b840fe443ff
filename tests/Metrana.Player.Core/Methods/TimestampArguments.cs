using Metrana.Native;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>The arguments <c>timestamps_millis</c> and <c>timestamp_millis</c> of a float call.</summary>
internal sealed class TimestampArguments
{
    private readonly long? _one;
    private readonly long[]? _each;

    private TimestampArguments(long? one, long[]? each)
    {
        _one = one;
        _each = each;
    }

    public Timestamps Timestamps =>
        _each is not null ? Native.Timestamps.Each(_each) : _one is { } one ? Native.Timestamps.At(one) : Native.Timestamps.Now;

    public static TimestampArguments From(Arguments arguments)
    {
        var one = arguments.OptionalInt64("timestamp_millis");
        var each = Columns.OptionalInt64s(arguments, "timestamps_millis");
        return each is null || one is null
            ? new TimestampArguments(one, each)
            : throw RefusalException.Value("timestamps_millis and timestamp_millis exclude each other");
    }
}
