using System.CommandLine;
using Benchmarks.Workloads;

namespace Benchmarks.Modes;

/// <summary>The options of the command line that say how a burst is logged.</summary>
internal sealed class RlShapeArguments
{
    public const string Vector = "vector";
    public const string PerEnv = "per-env";
    public const string Double = "f64";
    public const string Single = "f32";

    private readonly Option<int> _envs;
    private readonly Option<int> _metrics;
    private readonly Option<int> _points;
    private readonly Option<string> _shape = new("--shape")
    {
        Description = "One call for each metric, or one for each metric and environment",
        DefaultValueFactory = _ => Vector,
    };

    private readonly Option<string> _dtype = new("--dtype")
    {
        Description = "The width of the values",
        DefaultValueFactory = _ => Double,
    };

    private readonly NamesOrHandles _byName;

    public RlShapeArguments(Command command)
    {
        RlShape defaults = new();
        _envs = Arguments.Count(command, "--envs", "Environments", defaults.Envs);
        _metrics = Arguments.Count(command, "--metrics", "Metrics of each environment", defaults.Metrics);
        _points = Arguments.Count(command, "--points", "Points of each metric in each environment and burst", defaults.Points);
        command.Options.Add(_shape.AcceptOnlyFromAmong(Vector, PerEnv));
        command.Options.Add(_dtype.AcceptOnlyFromAmong(Double, Single));
        _byName = new NamesOrHandles(command);
    }

    public RlShape Read(ParseResult parsed) => new()
    {
        Envs = parsed.GetValue(_envs),
        Metrics = parsed.GetValue(_metrics),
        Points = parsed.GetValue(_points),
        Vector = parsed.GetValue(_shape) == Vector,
        Single = parsed.GetValue(_dtype) == Single,
        Handles = _byName.Handles(parsed),
    };
}
