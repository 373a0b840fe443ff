using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Metrana;

/// <summary>
/// The last exceptions that were thrown on one thread. A <c>using</c> does not tell what leaves it: in an async method the
/// exception has been caught when the run is disposed, and is thrown on afterwards. But it was thrown on the thread that
/// disposes, and only what <c>finally</c> blocks throw and catch themselves can have come after it.
/// </summary>
internal sealed class ThrownHere
{
    private const int Kept = 4;

    [ThreadStatic]
    private static ThrownHere? _here;

    /// <summary>Weak, so that no exception lives longer for having been thrown; reused, so that noting one costs no memory.</summary>
    private readonly WeakReference<Exception>[] _exceptions = [.. Enumerable.Range(0, Kept).Select(_ => new WeakReference<Exception>(null!))];

    private readonly long[] _times = new long[Kept];
    private int _newest;

    /// <summary>Begins to listen, once for the process.</summary>
    public static void Listen() => AppDomain.CurrentDomain.FirstChanceException += static (_, e) => Note(e);

    /// <summary>What was thrown on this thread since a time of <see cref="Stopwatch"/>, as far as it is kept.</summary>
    public static WeakReference<Exception>[] Since(long time)
    {
        List<WeakReference<Exception>> found = [];
        for (int i = 0; _here is { } here && i < Kept; i++)
        {
            if (here._times[i] >= time && here._exceptions[i].TryGetTarget(out Exception? exception))
            {
                found.Add(new WeakReference<Exception>(exception));
            }
        }

        return [.. found];
    }

    private static void Note(FirstChanceExceptionEventArgs e)
    {
        // Then there is no memory or no stack for what follows, and what a handler throws here ends the process.
        if (e.Exception is OutOfMemoryException or InsufficientExecutionStackException)
        {
            return;
        }

        (_here ??= new ThrownHere()).Add(e.Exception);
    }

    private void Add(Exception exception)
    {
        // One that rises through async methods is thrown again by each of them.
        if (!_exceptions[_newest].TryGetTarget(out Exception? last) || !ReferenceEquals(last, exception))
        {
            _newest = (_newest + 1) % Kept;
            _exceptions[_newest].SetTarget(exception);
        }

        _times[_newest] = Stopwatch.GetTimestamp();
    }
}
