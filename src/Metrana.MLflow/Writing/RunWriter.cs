using System.Globalization;
using System.Net;
using Metrana.MLflow.Api;

namespace Metrana.MLflow.Writing;

/// <summary>Writes metrics, parameters and tags to one run of MLflow, and counts what became of them.</summary>
internal sealed class RunWriter(MlflowClient client, string runId, PendingFacts facts)
{
    private readonly object _gate = new();
    private MlflowException? _failure;
    private long _metrics;
    private long _facts;
    private long _dropped;

    public MlflowDelivery Delivery
    {
        get
        {
            lock (_gate)
            {
                return new MlflowDelivery(_metrics, _facts, _dropped, 0);
            }
        }
    }

    /// <summary>Writes values and all facts that wait.</summary>
    /// <exception cref="MlflowException">Something was lost; how much is in the message and in the counts.</exception>
    public async Task WriteAsync(Metric[] metrics, CancellationToken cancellationToken)
    {
        _failure = null;
        long droppedBefore = _dropped;
        long left = metrics.Length;
        foreach (ArraySegment<Metric> part in Batches.Of(metrics, Batches.Metrics, static metric => metric.Key.Length))
        {
            await WriteAsync(part, cancellationToken).ConfigureAwait(false);
            left -= part.Count;
            if (_failure is { IsTransient: true })
            {
                // The rest would wait for a server that is away as long as this part did, and new values behind it.
                Count(dropped: left);
                break;
            }
        }

        if (_failure is not { IsTransient: true } && facts.Any)
        {
            await WriteFactsAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_failure is { } failure)
        {
            long dropped = _dropped - droppedBefore;
            throw new MlflowException(
                string.Create(CultureInfo.InvariantCulture, $"{failure.Message} {dropped} values, parameters or tags are lost in MLflow, and {facts.Count} wait."), failure)
            {
                StatusCode = failure.StatusCode,
                ErrorCode = failure.ErrorCode,
                IsTransient = failure.IsTransient,
            };
        }
    }

    /// <summary>Counts what never got there.</summary>
    public void Abandon()
    {
        Count(dropped: facts.Count);
        facts.Clear();
    }

    private async Task WriteAsync(ArraySegment<Metric> metrics, CancellationToken cancellationToken)
    {
        try
        {
            await client.LogBatchAsync(new LogBatch(runId, Metrics: metrics), cancellationToken).ConfigureAwait(false);
            Count(metrics: metrics.Count);
        }
        catch (MlflowException e) when (e.StatusCode == HttpStatusCode.BadRequest && metrics.Count > 1)
        {
            // One bad value has all of them refused: the halves tell which.
            await WriteAsync(metrics[..(metrics.Count / 2)], cancellationToken).ConfigureAwait(false);
            if (_failure is { IsTransient: true })
            {
                Count(dropped: metrics.Count - (metrics.Count / 2));
                return;
            }

            await WriteAsync(metrics[(metrics.Count / 2)..], cancellationToken).ConfigureAwait(false);
        }
        catch (MlflowException e)
        {
            _failure = e;
            Count(dropped: metrics.Count);
        }
    }

    private async Task WriteFactsAsync(CancellationToken cancellationToken)
    {
        foreach (ArraySegment<KeyAndValue> part in Batches.Of([.. facts.Params], Batches.Facts, Size))
        {
            await WriteFactsAsync(part, some => new LogBatch(runId, Params: some), facts.RemoveParam, cancellationToken).ConfigureAwait(false);
        }

        KeyAndValue[] set = [.. facts.Tags.Where(tag => tag.Value is not null).Select(tag => new KeyAndValue(tag.Key, tag.Value!))];
        foreach (ArraySegment<KeyAndValue> part in Batches.Of(set, Batches.Facts, Size))
        {
            await WriteFactsAsync(part, some => new LogBatch(runId, Tags: some), facts.RemoveTag, cancellationToken).ConfigureAwait(false);
        }

        foreach ((string tag, _) in facts.Tags.Where(tag => tag.Value is null))
        {
            try
            {
                await client.DeleteTagAsync(new DeleteTag(runId, tag), cancellationToken).ConfigureAwait(false);
                facts.RemoveTag(tag);
                Count(facts: 1);
            }
            catch (MlflowException e)
            {
                Note(e, () => facts.RemoveTag(tag));
            }
        }
    }

    private async Task WriteFactsAsync(
        ArraySegment<KeyAndValue> some, Func<ArraySegment<KeyAndValue>, LogBatch> batch, Action<string> remove, CancellationToken cancellationToken)
    {
        try
        {
            await client.LogBatchAsync(batch(some), cancellationToken).ConfigureAwait(false);
            foreach (KeyAndValue one in some)
            {
                remove(one.Key);
            }

            Count(facts: some.Count);
        }
        catch (MlflowException e) when (e.StatusCode == HttpStatusCode.BadRequest && some.Count > 1)
        {
            await WriteFactsAsync(some[..(some.Count / 2)], batch, remove, cancellationToken).ConfigureAwait(false);
            await WriteFactsAsync(some[(some.Count / 2)..], batch, remove, cancellationToken).ConfigureAwait(false);
        }
        catch (MlflowException e)
        {
            foreach (KeyAndValue one in some)
            {
                Note(e, () => remove(one.Key));
            }
        }
    }

    /// <summary>A fact that could not be written waits for better times, unless the server will never have it.</summary>
    private void Note(MlflowException e, Action remove)
    {
        _failure = e;
        if (!e.IsTransient)
        {
            remove();
            Count(dropped: 1);
        }
    }

    private static int Size(KeyAndValue one) => one.Key.Length + one.Value.Length;

    private void Count(long metrics = 0, long facts = 0, long dropped = 0)
    {
        lock (_gate)
        {
            _metrics += metrics;
            _facts += facts;
            _dropped += dropped;
        }
    }
}
