using System.Diagnostics;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>
    /// Closes the run once more, as failed: it was closed as finished when an exception was leaving its block, and now that
    /// exception ends the process. The engine knows no other way to correct what the service was told.
    /// </summary>
    internal void FailAfterAll(Exception exception)
    {
        Fail(exception);
        if (_settings is null || _opening is null || Id.Length == 0 || _settings.CloseTimeout == TimeSpan.Zero)
        {
            return;
        }

        TimeSpan limit = _settings.CloseTimeout == Timeout.InfiniteTimeSpan ? RunSettings.DefaultCloseTimeout : _settings.CloseTimeout;
        Stopwatch watch = Stopwatch.StartNew();
        LoggerConfig config = _opening.Config with
        {
            Resume = Native.ResumeStrategy.Allow,
            ParentRunName = null,
            ForkStep = null,
            InitTimeout = limit,
        };
        try
        {
            using Logger logger = new(config);
            TimeSpan left = limit - watch.Elapsed;
            logger.Close(RunEnd.Failed(_failure!), left > TimeSpan.Zero ? left : TimeSpan.Zero);
            Outcome = RunOutcome.Failed;
            _console.Say($"run {this} failed after all: {_failure}");
        }
        catch (MetranaException e)
        {
            _console.Warn(
                RunEvents.OutcomeNotCorrected,
                $"The run {this} was closed as finished before an exception ended the program ({_failure}), and the service could not be told: {e.Message}",
                ("Failure", _failure),
                ("Reason", e.Message));
        }
    }
}
