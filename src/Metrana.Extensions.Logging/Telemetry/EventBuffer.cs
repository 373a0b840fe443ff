namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>Events in their order, and their values one behind the other: what all values of an event share is stored once.</summary>
internal sealed class EventBuffer
{
    private QueuedEvent[] _events = new QueuedEvent[32];
    private QueuedValue[] _values = new QueuedValue[64];
    private int _eventCount;
    private int _valueCount;

    public ReadOnlySpan<QueuedEvent> Events => _events.AsSpan(0, _eventCount);

    /// <summary>The values of all events.</summary>
    public ReadOnlySpan<QueuedValue> Values => _values.AsSpan(0, _valueCount);

    /// <summary>How many values and annotations it holds.</summary>
    public int Points { get; private set; }

    public void Add(string prefix, ReadOnlySpan<EventFields.Field> numbers, int values, FieldRole without, long step, long timestamp)
    {
        int at = _valueCount;
        if (_values.Length < at + values)
        {
            Array.Resize(ref _values, Math.Max(at + values, 2 * at));
        }

        QueuedValue[] all = _values;
        foreach (ref readonly EventFields.Field number in numbers)
        {
            if (number.Role != without)
            {
                all[at++] = new QueuedValue(number.Name, number.Value);
            }
        }

        _valueCount = at;
        Add(new QueuedEvent(prefix, step, timestamp, values, null), values);
    }

    public void Add(QueuedNote note) => Add(new QueuedEvent("", 0, 0, 0, note), 1);

    /// <summary>Makes it as large as another: what was large once is so again, and growing costs a caller.</summary>
    public void GrowTo(EventBuffer other)
    {
        if (_events.Length < other._events.Length)
        {
            _events = new QueuedEvent[other._events.Length];
        }

        if (_values.Length < other._values.Length)
        {
            _values = new QueuedValue[other._values.Length];
        }
    }

    public void Clear()
    {
        Array.Clear(_events, 0, _eventCount);
        Array.Clear(_values, 0, _valueCount);
        (_eventCount, _valueCount, Points) = (0, 0, 0);
    }

    private void Add(in QueuedEvent added, int points)
    {
        if (_eventCount == _events.Length)
        {
            Array.Resize(ref _events, 2 * _eventCount);
        }

        _events[_eventCount++] = added;
        Points += points;
    }
}
