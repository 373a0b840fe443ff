using Metrana.Native;
using Metrana.Player.Results;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

internal sealed class LogRlFloats : ICallMethod
{
    public string Name => "log_rl_floats";

    public Signature Signature { get; } = new(
        "log_rl_floats",
        ["metric", "scale", "rl_step", "environments", "values", "episodes?", "labels?"],
        ["ordered?", "steps?", "steps_across_rl_steps?", "auto_start_from_one?", "timestamps_millis?", "timestamp_millis?", "dtype?"]);

    public CallResult Play(Logger logger, Arguments arguments)
    {
        var metric = arguments.Text("metric");
        Scale scale = arguments.Text("scale");
        var rlStep = arguments.Count("rl_step");
        var grid = RlGrid.From(arguments);
        var episodes = Episodes(grid.CountColumn(arguments, "episodes"));
        var steps = Steps(grid.CountColumn(arguments, "steps"));
        var timestamps = Timestamps(Times(arguments, grid));
        var labels = arguments.Labels();
        var ordered = arguments.Flag("ordered", otherwise: true);
        var strategy = Strategy(arguments);
        if (grid.Values.Doubles is not null)
        {
            logger.LogRlFloats(
                metric, scale, grid.Values.Doubles, rlStep, grid.Environments, width: grid.Width, episodes: episodes, labels: labels,
                steps: steps, timestamps: timestamps, strategy: strategy, ordered: ordered);
        }
        else
        {
            logger.LogRlFloats(
                metric, scale, grid.Values.Singles!, rlStep, grid.Environments, width: grid.Width, episodes: episodes, labels: labels,
                steps: steps, timestamps: timestamps, strategy: strategy, ordered: ordered);
        }

        return CallResult.Ok;
    }

    private static RlColumn Times(Arguments arguments, RlGrid grid)
    {
        var each = grid.Column(arguments, "timestamps_millis");
        return arguments.OptionalInt64("timestamp_millis") is not { } one
            ? each
            : each.Spread == RlSpread.None
                ? RlColumn.Uniform(one)
                : throw RefusalException.Value("timestamps_millis and timestamp_millis exclude each other");
    }

    private static StepStrategy Strategy(Arguments arguments) =>
        (arguments.Flag("steps_across_rl_steps", otherwise: false), arguments.Flag("auto_start_from_one", otherwise: false)) switch
        {
            (true, true) => throw RefusalException.Value("steps_across_rl_steps and auto_start_from_one exclude each other"),
            (true, false) => StepStrategy.AcrossRlSteps,
            (false, true) => StepStrategy.FromOne,
            _ => StepStrategy.WithinRlStep,
        };

    private static Episodes Episodes(RlColumn column) => column.Spread switch
    {
        RlSpread.None => Native.Episodes.None,
        RlSpread.Uniform => Native.Episodes.Of(column.Values[0]),
        RlSpread.PerEnvironment => Native.Episodes.PerEnvironment(column.Values),
        _ => Native.Episodes.Grid(column.Values),
    };

    private static EnvironmentSteps Steps(RlColumn column) => column.Spread switch
    {
        RlSpread.None => EnvironmentSteps.Auto,
        RlSpread.Uniform => EnvironmentSteps.From(column.Values[0]),
        RlSpread.PerEnvironment => EnvironmentSteps.PerEnvironment(column.Values),
        _ => EnvironmentSteps.Grid(column.Values),
    };

    private static RlTimestamps Timestamps(RlColumn column) => column.Spread switch
    {
        RlSpread.None => RlTimestamps.Now,
        RlSpread.Uniform => RlTimestamps.At(column.Values[0]),
        RlSpread.PerEnvironment => RlTimestamps.PerEnvironment(column.Values),
        _ => RlTimestamps.Grid(column.Values),
    };
}
