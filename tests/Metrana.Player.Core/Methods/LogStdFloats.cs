using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

internal sealed class LogStdFloats : ICallMethod
{
    public string Name => "log_std_floats";

    public Signature Signature { get; } = new(
        "log_std_floats",
        ["metric", "scale", "values", "labels?"],
        ["steps?", "first_step?", "timestamps_millis?", "timestamp_millis?", "dtype?"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        var metric = arguments.Text("metric");
        Scale scale = arguments.Text("scale");
        var values = Columns.Values(arguments);
        var labels = arguments.Labels();
        var steps = StepArguments.From(arguments).Steps;
        var timestamps = TimestampArguments.From(arguments).Timestamps;
        if (values.Doubles is not null)
        {
            logger.LogStdFloats(metric, scale, values.Doubles, labels, steps, timestamps);
        }
        else
        {
            logger.LogStdFloats(metric, scale, values.Singles, labels, steps, timestamps);
        }

        return CallResult.Ok;
    }
}
