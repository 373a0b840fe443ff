using Metrana.Native;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>The arguments of a call that logs floats outside reinforcement learning, ordered or distributed.</summary>
internal sealed class FloatCall
{
    private readonly StepArguments _steps;
    private readonly TimestampArguments _timestamps;

    private FloatCall(Arguments arguments)
    {
        Metric = arguments.Text("metric");
        Scale = arguments.Text("scale");
        Values = Columns.Values(arguments);
        Labels = arguments.Labels();
        _steps = StepArguments.From(arguments);
        _timestamps = TimestampArguments.From(arguments);
    }

    public string Metric { get; }

    public Scale Scale { get; }

    public FloatColumn Values { get; }

    public Labels Labels { get; }

    public Steps Steps => _steps.Steps;

    public Timestamps Timestamps => _timestamps.Timestamps;

    public static Signature Signature(string method) => new(
        method,
        ["metric", "scale", "values", "labels?"],
        ["steps?", "first_step?", "timestamps_millis?", "timestamp_millis?", "dtype?"]);

    public static FloatCall From(Arguments arguments) => new(arguments);
}
