using Benchmarks.Measuring;

namespace Benchmarks.Workloads;

/// <summary>Threads that all do their work at once, again and again. A single one is the thread that asks.</summary>
internal sealed class Crew : IDisposable
{
    private readonly Action[] _work;
    private readonly CallerCost[] _costs;
    private readonly Thread[] _threads;
    private readonly Barrier _begin;
    private readonly Barrier _end;
    private Exception? _failure;
    private volatile bool _dismissed;

    public Crew(Action[] work)
    {
        _work = work;
        _costs = new CallerCost[work.Length];
        _begin = new Barrier(work.Length + 1);
        _end = new Barrier(work.Length + 1);
        _threads = work.Length == 1 ? [] : [.. work.Select((_, i) => new Thread(() => Work(i)) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Lets all of them work once, and returns what they paid together when the last is done.</summary>
    public CallerCost Run()
    {
        if (_threads.Length == 0)
        {
            return CallerCost.Of(_work[0]);
        }

        _begin.SignalAndWait();
        _end.SignalAndWait();
        if (_failure is { } failure)
        {
            throw new InvalidOperationException("A thread of the crew failed.", failure);
        }

        CallerCost all = default;
        foreach (CallerCost cost in _costs)
        {
            all += cost;
        }

        return all;
    }

    public void Dispose()
    {
        if (_threads.Length > 0 && !_dismissed)
        {
            _dismissed = true;
            _begin.SignalAndWait();
            Array.ForEach(_threads, thread => thread.Join());
        }

        _begin.Dispose();
        _end.Dispose();
    }

    private void Work(int member)
    {
        while (true)
        {
            _begin.SignalAndWait();
            if (_dismissed)
            {
                return;
            }

            try
            {
                _costs[member] = CallerCost.Of(_work[member]);
            }
            catch (Exception e)
            {
                _failure = e; // Told by Run: the others wait at the barrier.
            }

            _end.SignalAndWait();
        }
    }
}
