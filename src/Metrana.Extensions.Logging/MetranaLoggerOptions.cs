using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging;

/// <summary>Options that control how log events become metrics of a run.</summary>
public sealed class MetranaLoggerOptions
{
    /// <summary>
    /// The run. Default: the run of the host (<c>AddMetranaRun</c>), or otherwise <see cref="Run.Current"/>. Events wait
    /// for a run that has not started yet.
    /// </summary>
    public Run? Run { get; set; }

    /// <summary>The unit that the steps of the events count. Default: <see cref="Scale.MlStep"/>.</summary>
    public string? Scale { get; set; }

    /// <summary>
    /// The maximum number of values that may wait for the run, at least 1. Further values are dropped, counted and reported.
    /// Default: 65536.
    /// </summary>
    public int QueueLimit { get; set; } = 65536;

    /// <summary>
    /// Whether the field that gives an event its step is also logged as a metric. Default: no. Other fields with the name of a step,
    /// such as <c>policy_version</c> beside <c>timesteps</c>, always are.
    /// </summary>
    public bool LogStepField { get; set; }

    /// <summary>
    /// Whether numbers in scopes are logged as metrics of every event inside them. Default: no. In either case, an event without a
    /// category or a step takes it from its scopes.
    /// </summary>
    public bool LogScopeFields { get; set; }

    /// <summary>
    /// The lowest level at which events that are not metrics are written as annotations of the run: their text, with the fields as
    /// metadata. Default: none are.
    /// </summary>
    public LogLevel AnnotationLevel { get; set; } = LogLevel.None;

    /// <summary>
    /// Whether events are added to the current <see cref="System.Diagnostics.Activity"/>, if it is recorded, so that traces contain the
    /// same information as the metrics. Default: no.
    /// </summary>
    public bool AddToActivity { get; set; }

    /// <summary>The source of the time of an event. Default: the system clock, accurate to a few milliseconds.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// Receives a message for each problem, once or at most once a minute. Default: a warning to the logging that the provider is part
    /// of, in the category <c>Metrana.Extensions.Logging</c>.
    /// </summary>
    public Action<string>? Warn { get; set; }
}
