namespace Metrana.Extensions.Logging;

/// <summary>Counts of what happened to the events so far, taken at one moment.</summary>
/// <param name="Events">Events that became metrics.</param>
/// <param name="WithoutStep">Events that have a number but no step, so they are not metrics.</param>
/// <param name="Unreadable">Events whose fields threw when they were read.</param>
/// <param name="Added">Values and annotations of events; the sum of those logged, refused, dropped and pending.</param>
/// <param name="Logged">Those that the run accepted.</param>
/// <param name="Refused">Those that broke a rule of the run, such as a rule for names.</param>
/// <param name="Dropped">Those that did not fit into the queue, or arrived after the run had ended.</param>
/// <param name="Pending">Those that are waiting for the run.</param>
public readonly record struct TelemetryCounts(
    long Events, long WithoutStep, long Unreadable, long Added, long Logged, long Refused, long Dropped, long Pending);
