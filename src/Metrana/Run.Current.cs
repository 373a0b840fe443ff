namespace Metrana;

public sealed partial class Run
{
    /// <summary>The runs that were started and have not ended, in the order of their start.</summary>
    private static readonly List<Run> _started = [];

    private static volatile Run? _current;

    /// <summary>
    /// The most recently started run that has not ended, for code that cannot be passed a run; <see cref="Disabled"/> if there is
    /// none.
    /// </summary>
    public static Run Current => _current ?? Disabled;

    /// <summary>The run that was started last is the current one.</summary>
    private static void MakeCurrent(Run run)
    {
        lock (_started)
        {
            _started.Add(run);
            _current = run;
        }
    }

    /// <summary>A run that takes nothing more cannot be the current one. The newest that is still open takes its place.</summary>
    private static void LeaveCurrent(Run run)
    {
        lock (_started)
        {
            _started.Remove(run);
            _current = _started.Count == 0 ? null : _started[^1];
        }
    }
}
