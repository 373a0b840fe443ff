namespace Metrana;

/// <summary>
/// The runs that ended as finished while an exception may have been on its way through their block. Most such exceptions were
/// caught, inside the block or further out; if one of them ends the process, its run did not finish but failed.
/// </summary>
internal sealed class EndedRuns
{
    private const int Kept = 16;

    /// <summary>How many exceptions inside an exception are looked at.</summary>
    private const int Looked = 64;

    private readonly object _gate = new();
    private readonly List<(Run Run, WeakReference<Exception>[] Thrown)> _runs = [];

    /// <summary>Remembers a run for as long as one of the exceptions lives, and among the latest.</summary>
    public void Add(Run run, WeakReference<Exception>[] thrown)
    {
        lock (_gate)
        {
            _runs.RemoveAll(static ended => !Array.Exists(ended.Thrown, static one => one.TryGetTarget(out _)));
            if (_runs.Count == Kept)
            {
                _runs.RemoveAt(0);
            }

            _runs.Add((run, thrown));
        }
    }

    /// <summary>The runs whose block an exception left that ends the process now.</summary>
    public Run[] LeftBy(Exception last)
    {
        HashSet<Exception> all = new(Inside(last).Take(Looked), ReferenceEqualityComparer.Instance);
        lock (_gate)
        {
            return [.. _runs.Where(ended => Array.Exists(ended.Thrown, one => one.TryGetTarget(out Exception? e) && all.Contains(e)))
                .Select(static ended => ended.Run)];
        }
    }

    /// <summary>The exception and those that it was made of on the way.</summary>
    private static IEnumerable<Exception> Inside(Exception exception)
    {
        Queue<Exception> next = new([exception]);
        while (next.TryDequeue(out Exception? one))
        {
            yield return one;
            if (one is AggregateException several)
            {
                foreach (Exception inner in several.InnerExceptions)
                {
                    next.Enqueue(inner);
                }
            }
            else if (one.InnerException is { } inner)
            {
                next.Enqueue(inner);
            }
        }
    }
}
