using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

/// <summary>
/// The calls of a batch, with copies of everything they bring, in buffers that grow to what is needed and are used again.
/// Where a call refers to something, it is a place in a buffer: only <see cref="Send"/> knows where the buffers lie.
/// </summary>
internal sealed unsafe class BatchBuffer
{
    private Entry[] _entries = new Entry[8];
    private NativeStdFloats[] _calls = new NativeStdFloats[8];
    private NativeLabel[] _labelTable = new NativeLabel[8];
    private (int Key, int Value, int End)[] _labels = new (int, int, int)[8];
    private byte[] _text = new byte[256];

    // Of longs, so that each column is aligned for eight bytes.
    private long[] _columns = new long[64];
    private int _textLength;
    private int _columnsLength;
    private int _labelCount;

    /// <summary>How many calls there are.</summary>
    public int Count { get; private set; }

    public void Clear()
    {
        Count = 0;
        _textLength = 0;
        _columnsLength = 0;
        _labelCount = 0;
    }

    /// <summary>Copies a call. One that fails leaves the batch as it was.</summary>
    public void Add<T>(
        string metric, Scale scale, ReadOnlySpan<T> values, LabelSpan labels, Steps steps, Timestamps timestamps, bool distributed)
        where T : unmanaged
    {
        (int text, int columns, int label) = (_textLength, _columnsLength, _labelCount);
        try
        {
            Entry entry = new()
            {
                Metric = Put(metric, nameof(metric)),
                Scale = Put(scale),
                FirstLabel = label,
                Values = Put(MemoryMarshal.AsBytes(values)),
                Count = values.Length,
                Type = NativeLogger.TypeOf<T>(),
                StepsKind = steps.Kind,
                FirstStep = steps.First,
                Steps = Put(MemoryMarshal.AsBytes(steps.Values)),
                StepCount = steps.Values.Length,
                TimestampsKind = timestamps.Kind,
                TimestampMillis = timestamps.Millis,
                Timestamps = Put(MemoryMarshal.AsBytes(timestamps.Values)),
                TimestampCount = timestamps.Values.Length,
                Distributed = distributed,
            };
            Put(labels);
            entry.LabelCount = _labelCount - label;
            Grow(ref _entries, Count + 1);
            _entries[Count++] = entry;
        }
        catch
        {
            (_textLength, _columnsLength, _labelCount) = (text, columns, label);
            throw;
        }
    }

    /// <summary>Logs all of the calls or none.</summary>
    public void Send(LoggerHandle logger)
    {
        Grow(ref _calls, Count);
        Grow(ref _labelTable, _labelCount);
        fixed (byte* text = _text)
        fixed (long* columns = _columns)
        fixed (NativeLabel* labelTable = _labelTable)
        fixed (NativeStdFloats* calls = _calls)
        {
            for (int i = 0; i < _labelCount; i++)
            {
                (int key, int value, int end) = _labels[i];
                labelTable[i].Key = new NativeText { Start = text + key, Length = (nuint)(value - key) };
                labelTable[i].Value = new NativeText { Start = text + value, Length = (nuint)(end - value) };
            }

            for (int i = 0; i < Count; i++)
            {
                ref readonly Entry entry = ref _entries[i];
                calls[i] = new NativeStdFloats
                {
                    Name = new NativeSeriesName
                    {
                        Metric = new NativeText { Start = text + entry.Metric.Start, Length = (nuint)entry.Metric.Length },
                        Scale = new NativeText { Start = text + entry.Scale.Start, Length = (nuint)entry.Scale.Length },
                        Labels = labelTable + entry.FirstLabel,
                        LabelCount = (nuint)entry.LabelCount,
                    },
                    Values = columns + entry.Values,
                    Count = (nuint)entry.Count,
                    Dtype = (int)entry.Type,
                    StepsKind = (int)entry.StepsKind,
                    FirstStep = (ulong)entry.FirstStep,
                    Steps = (ulong*)(columns + entry.Steps),
                    StepCount = (nuint)entry.StepCount,
                    Timestamps = new NativeTimestamps
                    {
                        Kind = (int)entry.TimestampsKind,
                        Millis = entry.TimestampMillis,
                        Each = columns + entry.Timestamps,
                        Count = (nuint)entry.TimestampCount,
                    },
                    Distributed = entry.Distributed ? (byte)1 : (byte)0,
                };
            }

            nint error = 0;
            int status = NativeMethods.LoggerLogStdBatch(logger, calls, (nuint)Count, &error);
            NativeError.ThrowIfFailed(status, error);
        }
    }

    private (int Start, int Length) Put(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        Grow(ref _text, checked(_textLength + Utf8.MaxBytes(text)));
        int start = _textLength;
        int length = Utf8.Write(text, _text.AsSpan(start), parameter);
        _textLength += length;
        return (start, length);
    }

    private (int Start, int Length) Put(Scale scale)
    {
        if (scale.Utf8 is not { } kept)
        {
            return Put(scale.Name, nameof(scale));
        }

        int start = _textLength;
        PutText(kept);
        return (start, kept.Length);
    }

    private void Put(LabelSpan labels)
    {
        Grow(ref _labels, _labelCount + labels.Count);
        if (labels.Block is { } kept)
        {
            int start = _textLength;
            PutText(kept.Text);
            ReadOnlySpan<int> ends = kept.Ends;
            int key = start;
            for (int i = 0; i < ends.Length; i += 2)
            {
                _labels[_labelCount++] = (key, start + ends[i], start + ends[i + 1]);
                key = start + ends[i + 1];
            }

            return;
        }

        foreach ((string name, string text) in labels.Pairs)
        {
            int key = Put(name, nameof(labels)).Start;
            int value = Put(text, nameof(labels)).Start;
            _labels[_labelCount++] = (key, value, _textLength);
        }
    }

    private void PutText(ReadOnlySpan<byte> utf8)
    {
        Grow(ref _text, checked(_textLength + utf8.Length));
        utf8.CopyTo(_text.AsSpan(_textLength));
        _textLength += utf8.Length;
    }

    /// <summary>Copies a column, and answers where it begins.</summary>
    private int Put(ReadOnlySpan<byte> column)
    {
        int start = _columnsLength;
        int room = (int)(((long)column.Length + sizeof(long) - 1) / sizeof(long));
        Grow(ref _columns, checked(start + room));
        column.CopyTo(MemoryMarshal.AsBytes(_columns.AsSpan(start)));
        _columnsLength += room;
        return start;
    }

    private static void Grow<T>(ref T[] buffer, int needed)
    {
        if (buffer.Length < needed)
        {
            Array.Resize(ref buffer, Math.Max(needed, (int)Math.Min(buffer.Length * 2L, Array.MaxLength)));
        }
    }

    private struct Entry
    {
        public (int Start, int Length) Metric;
        public (int Start, int Length) Scale;
        public int FirstLabel;
        public int LabelCount;
        public int Values;
        public int Count;
        public NativeLogger.ColumnType Type;
        public StepsKind StepsKind;
        public long FirstStep;
        public int Steps;
        public int StepCount;
        public TimestampsKind TimestampsKind;
        public long TimestampMillis;
        public int Timestamps;
        public int TimestampCount;
        public bool Distributed;
    }
}
