namespace Metrana.Extensions.Logging;

/// <summary>What became of events so far, counted at one moment.</summary>
/// <param name="Events">Events that became metrics.</param>
/// <param name="WithoutStep">Events that have a number but no step, so they are not metrics.</param>
/// <param name="Unreadable">Events whose fields threw when they were read.</param>
/// <param name="Added">Values and annotations of events: what was logged, refused, dropped and is pending adds up to it.</param>
/// <param name="Logged">What the run accepted.</param>
/// <param name="Refused">What broke a rule of the run, such as one for names.</param>
/// <param name="Dropped">What did not fit into the queue, or came after the run had ended.</param>
/// <param name="Pending">What waits for the run.</param>
public readonly record struct TelemetryCounts(
    long Events, long WithoutStep, long Unreadable, long Added, long Logged, long Refused, long Dropped, long Pending);
