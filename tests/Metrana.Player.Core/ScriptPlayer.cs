using Metrana.Native;
using Metrana.Player.Methods;
using Metrana.Player.Results;
using Metrana.Player.Scripts;
using Metrana.Player.Values;

namespace Metrana.Player;

/// <summary>Plays scripts through the public logger.</summary>
public sealed class ScriptPlayer(PlayerOptions options)
{
    /// <summary>Plays one script: opens its logger, makes its calls in order, closes.</summary>
    public ScriptResult Play(Script script)
    {
        Logger? logger = null;
        if (Attempt(() => logger = new Logger(ScriptConfig.From(script, options))) is { } failure)
        {
            return new ScriptResult { Name = script.Name, Init = failure };
        }

        using (logger)
        {
            var results = script.Calls.Select(call => Play(logger!, call)).ToList();
            CallResult? closing = Attempt(() => logger!.Close());
            return new ScriptResult
            {
                Name = script.Name,
                Results = results,
                Close = closing ?? CallResult.Ok,
                Counters = PublishedCounters.Of(logger!.GetMetrics()),
            };
        }
    }

    /// <summary>
    /// Plays many scripts, several side by side, those of one run one after the other; the results come in the order of the
    /// scripts.
    /// </summary>
    public IReadOnlyList<ScriptResult> PlayAll(IReadOnlyList<Script> scripts)
    {
        var results = new ScriptResult[scripts.Count];
        var defects = new List<Exception>();
        var runs = Enumerable.Range(0, scripts.Count).GroupBy(i => scripts[i].Name, StringComparer.Ordinal).Select(run => run.ToList()).ToList();
        var next = -1;

        // Threads of their own: each spends its time waiting in a logger, which the thread pool would answer too slowly.
        var threads = Enumerable.Range(0, Math.Min(options.Parallelism, runs.Count)).Select(_ => new Thread(PlayRest)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return defects.Count == 0 ? results : throw new AggregateException(defects);

        void PlayRest()
        {
            for (var run = Interlocked.Increment(ref next); run < runs.Count; run = Interlocked.Increment(ref next))
            {
                foreach (var i in runs[run])
                {
                    try
                    {
                        results[i] = Play(scripts[i]);
                    }
                    catch (Exception e)
                    {
                        lock (defects)
                        {
                            defects.Add(new InvalidOperationException($"Script '{scripts[i].Name}' cannot be played: {e.Message}", e));
                        }

                        return;
                    }
                }
            }
        }
    }

    private static CallResult Play(Logger logger, ScriptCall call)
    {
        CallResult result = CallResult.Ok;
        return Attempt(() =>
        {
            var method = MethodTable.Find(call.Method)
                ?? throw RefusalException.NotSupported($"there is no method {call.Method}");
            result = method.Play(logger, method.Signature.Bind(call));
        }) ?? result;
    }

    private static RaisedResult? Attempt(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            // What the package does not throw is a defect. It is told by its own name: the other calls and scripts still count.
            return PublishedNames.Raised(e) ?? new RaisedResult(e.GetType().Name, e.Message);
        }
    }
}
