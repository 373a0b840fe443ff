using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging;

/// <summary>How log events become metrics of a run.</summary>
public sealed class MetranaLoggerOptions
{
    /// <summary>
    /// The run. Left out: the one that the host has (<c>AddMetranaRun</c>), and without one <see cref="Run.Current"/>. Events wait
    /// for a run that has not started yet.
    /// </summary>
    public Run? Run { get; set; }

    /// <summary>What the steps of the events count. Default: <see cref="Scale.MlStep"/>.</summary>
    public string? Scale { get; set; }

    /// <summary>How many values may wait for the run, at least 1. What does not fit is dropped, counted and reported. Default: 65536.</summary>
    public int QueueLimit { get; set; } = 65536;

    /// <summary>
    /// Whether the field that gives an event its step is a metric as well. Default: no. Other fields with a step's name, such as
    /// <c>policy_version</c> beside <c>timesteps</c>, always are.
    /// </summary>
    public bool LogStepField { get; set; }

    /// <summary>
    /// Whether numbers in scopes are metrics of every event inside them. Default: no. A category and a step are taken from scopes in
    /// any case, where the event has none.
    /// </summary>
    public bool LogScopeFields { get; set; }

    /// <summary>
    /// From which level events that are not metrics are written as annotations of the run: their text, with the fields as
    /// metadata. Default: none are.
    /// </summary>
    public LogLevel AnnotationLevel { get; set; } = LogLevel.None;

    /// <summary>
    /// Whether events are added to the current <see cref="System.Diagnostics.Activity"/> where somebody records it, so that traces
    /// tell what the metrics tell. Default: no.
    /// </summary>
    public bool AddToActivity { get; set; }

    /// <summary>Where the time of an event comes from. Default: the system, to some milliseconds.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// Told of what goes wrong, each thing once or at most once a minute. Default: a warning of the logging that this is part of, from
    /// the category <c>Metrana.Extensions.Logging</c>.
    /// </summary>
    public Action<string>? Warn { get; set; }
}
