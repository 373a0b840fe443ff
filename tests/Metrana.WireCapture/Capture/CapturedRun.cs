using System.Collections.Immutable;
using Google.Protobuf;
using Metrana.WireCapture.Decode;
using Metrana.WireCapture.Script;

namespace Metrana.WireCapture.Capture;

/// <summary>Everything that came for one run. What is read from it is a snapshot; more may come at any moment.</summary>
public sealed class CapturedRun
{
    private readonly Lock _lock = new();
    private ImmutableList<CapturedInit> _inits = [];
    private ImmutableList<StreamCapture> _streams = [];
    private TaskCompletionSource _change = NewChange();
    private int _dataMessages;

    internal CapturedRun(string name, ByteString runId)
    {
        Name = name;
        RunId = runId;
    }

    /// <summary>The run's name.</summary>
    public string Name { get; }

    /// <summary>The id that the run was given.</summary>
    public ByteString RunId { get; }

    /// <summary>The attempts to open the run.</summary>
    public IReadOnlyList<CapturedInit> Inits => Snapshot().Inits;

    /// <summary>Its update streams, in the order they were opened.</summary>
    public IReadOnlyList<StreamCapture> Streams => Snapshot().Streams;

    /// <summary>The messages of all its streams.</summary>
    public IReadOnlyList<CapturedMessage> Messages => [.. Streams.SelectMany(stream => stream.Messages)];

    internal RunScript Script { get; set; } = new();

    /// <summary>What the streams mean, each message counted once however often it was sent.</summary>
    /// <exception cref="InvalidDataException">They break a rule of the protocol.</exception>
    public DecodedRun Decode() => RunDecoder.Decode(Streams.Select(stream => stream.Messages.Select(captured => captured.Message)));

    /// <summary>Waits until what has come fulfils a condition.</summary>
    /// <exception cref="TimeoutException">It did not within the time, by default 30 seconds.</exception>
    public async Task WaitUntilAsync(Func<CapturedRun, bool> condition, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(30);
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            var change = Snapshot().Change;
            if (condition(this))
            {
                return;
            }

            try
            {
                await change.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"Run '{Name}' did not come to what was waited for within {limit}: {Inits.Count} inits, {Streams.Count} streams, "
                    + $"{Messages.Count} messages.");
            }
        }
    }

    internal int Add(CapturedInit init)
    {
        var attempt = -1;
        Change(() =>
        {
            attempt = _inits.Count;
            _inits = _inits.Add(init);
        });
        return attempt;
    }

    internal int OpenStream(IReadOnlyDictionary<string, string> headers)
    {
        var index = -1;
        Change(() =>
        {
            index = _streams.Count;
            _streams = _streams.Add(new StreamCapture(headers, [], false));
        });
        return index;
    }

    internal IncomingMessage Add(int stream, CapturedMessage message)
    {
        IncomingMessage? incoming = null;
        Change(() =>
        {
            var captured = _streams[stream];
            incoming = new IncomingMessage(message, stream, captured.Messages.Count, _dataMessages);
            _dataMessages += message.Role == MessageRole.Data ? 1 : 0;
            _streams = _streams.SetItem(stream, captured with { Messages = captured.Messages.Add(message) });
        });
        return incoming!;
    }

    internal void HalfClose(int stream) =>
        Change(() => _streams = _streams.SetItem(stream, _streams[stream] with { HalfClosed = true }));

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (ImmutableList<CapturedInit> Inits, ImmutableList<StreamCapture> Streams, Task Change) Snapshot()
    {
        lock (_lock)
        {
            return (_inits, _streams, _change.Task);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            change();
            (told, _change) = (_change, NewChange());
        }

        told.SetResult();
    }
}
