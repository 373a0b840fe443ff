namespace Metrana.Native.Interop;

internal sealed unsafe partial class BatchBuffer
{
    private NativePiece[] _pieces = new NativePiece[8];
    private NativeStdFloats[] _sentFloats = new NativeStdFloats[8];
    private NativeRlFloats[] _sentRows = [];
    private NativeHistogram[] _sentHistograms = [];
    private NativeHistograms[] _sentHistogramCalls = [];
    private NativeLabel[] _labelTable = new NativeLabel[8];
    private NativeText[] _environmentTable = [];

    /// <summary>Logs all of the calls or none.</summary>
    /// <param name="owner">The logger.</param>
    /// <param name="logger">The same, as the native side knows it.</param>
    /// <param name="step">The step of what brought none.</param>
    /// <param name="timestamp">The timestamp of what brought none, in milliseconds since 1970.</param>
    /// <exception cref="MetricValidationException">A histogram has no step, or something in it breaks a rule.</exception>
    /// <exception cref="ArgumentException">Environments are another logger's.</exception>
    public void Send(Logger owner, LoggerHandle logger, long? step, long? timestamp)
    {
        Lengths before = _used;
        try
        {
            Prepare(owner, step);
            Hand(logger, step, timestamp);
        }
        finally
        {
            // What was put only for this logger.
            _used = before;
        }
    }

    /// <summary>Names the series of handles that are another logger's, and refuses what has no meaning in this one.</summary>
    private void Prepare(Logger owner, long? step)
    {
        for (int i = 0; i < Count; i++)
        {
            ref Entry entry = ref _entries[i];
            if (entry.Environments is { } set && set.Owner != owner)
            {
                throw Logger.NotTheOwner("batch");
            }

            if (entry.WantsStep && step is null)
            {
                throw MetricValidationException.Of(
                    $"The histogram at index {i} has no step: give it one when it is added, or give the batch one, Log(batch, step: 7).");
            }

            if (entry.Series is { } series && series.Owner != owner)
            {
                _floats[entry.Index].Name = Name(series.Metric, series.Scale, series.Labels);
            }

            // With numbers of this logger, so the name has to be the one that it knows.
            if (entry.RlSeries is { } rows && rows.Owner != owner)
            {
                _rows[entry.Index].Name = Name(rows.Metric, rows.Scale, rows.Labels);
            }
        }

        Grow(ref _pieces, Count);
        Grow(ref _sentFloats, _used.Floats);
        Grow(ref _sentRows, _used.Rows);
        Grow(ref _sentHistograms, _used.Histograms);
        Grow(ref _sentHistogramCalls, _used.Histograms);
        Grow(ref _labelTable, _used.Labels);
        Grow(ref _environmentTable, _used.Environments);

        for (int i = 0; i < Count; i++)
        {
            ref readonly Entry entry = ref _entries[i];
            _pieces[i] = new NativePiece
            {
                Series = entry.Series is { } series && series.Owner == owner ? series.Handle.Native
                    : entry.RlSeries is { } rows && rows.Owner == owner ? rows.Handle.Native
                    : default,
            };
        }
    }

    private void Hand(LoggerHandle logger, long? step, long? timestamp)
    {
        fixed (byte* text = _text)
        fixed (long* columns = _columns)
        fixed (NativeLabel* labels = _labelTable)
        fixed (NativeText* environments = _environmentTable)
        fixed (NativeStdFloats* floats = _sentFloats)
        fixed (NativeRlFloats* rows = _sentRows)
        fixed (NativeHistogram* histograms = _sentHistograms)
        fixed (NativeHistograms* histogramCalls = _sentHistogramCalls)
        fixed (NativePiece* pieces = _pieces)
        {
            Places places = new(text, columns, labels);
            FillTables(text);
            for (int i = 0; i < Count; i++)
            {
                ref readonly Entry entry = ref _entries[i];
                int index = entry.Index;
                switch (entry.Kind)
                {
                    case Kind.Floats:
                        floats[index] = places.Of(_floats[index]);
                        Complete(ref floats[index], step, timestamp);
                        pieces[i].Floats = floats + index;
                        break;
                    case Kind.Rows:
                        rows[index] = places.Of(_rows[index]);
                        bool named = entry.Environments is null;
                        rows[index].Environments = named ? environments + (nint)_rows[index].Environments : null;
                        rows[index].EnvironmentIds = named ? null : (uint*)(columns + (nint)_rows[index].EnvironmentIds);
                        CompleteTime(ref rows[index].Timestamps, timestamp);
                        pieces[i].RlFloats = rows + index;
                        break;
                    default:
                        histograms[index] = places.Of(_histograms[index], entry.HoldsCounts);
                        histogramCalls[index] = places.Of(_histogramCalls[index]);
                        histogramCalls[index].Histograms = histograms + index;
                        if (entry.WantsStep)
                        {
                            *histogramCalls[index].Steps = (ulong)step.GetValueOrDefault();
                        }

                        CompleteTime(ref histogramCalls[index].Timestamps, timestamp);
                        pieces[i].Histograms = histogramCalls + index;
                        break;
                }
            }

            nint error = 0;
            int status = NativeMethods.LoggerLogBatch(logger, pieces, (nuint)Count, &error);
            NativeError.ThrowIfFailed(status, error);
        }
    }

    private void FillTables(byte* text)
    {
        for (int i = 0; i < _used.Labels; i++)
        {
            (int key, int value, int end) = _labels[i];
            _labelTable[i].Key = new NativeText { Start = text + key, Length = (nuint)(value - key) };
            _labelTable[i].Value = new NativeText { Start = text + value, Length = (nuint)(end - value) };
        }

        for (int i = 0; i < _used.Environments; i++)
        {
            (int start, int end) = _environments[i];
            _environmentTable[i] = new NativeText { Start = text + start, Length = (nuint)(end - start) };
        }
    }

    private static void Complete(ref NativeStdFloats floats, long? step, long? timestamp)
    {
        if (step is { } given && floats.StepsKind == (int)StepsKind.Auto)
        {
            floats.StepsKind = (int)StepsKind.From;
            floats.FirstStep = (ulong)given;
        }

        CompleteTime(ref floats.Timestamps, timestamp);
    }

    /// <summary>The kind that means "not given" has one number in both forms, and so has the kind that means "once for all".</summary>
    private static void CompleteTime(ref NativeTimestamps timestamps, long? timestamp)
    {
        if (timestamp is { } given && timestamps.Kind == (int)TimestampsKind.Now)
        {
            timestamps.Kind = (int)TimestampsKind.At;
            timestamps.Millis = given;
        }
    }

    /// <summary>Where the buffers lie, as long as they are pinned.</summary>
    private readonly struct Places(byte* text, long* columns, NativeLabel* labels)
    {
        private readonly byte* _text = text;
        private readonly long* _columns = columns;
        private readonly NativeLabel* _labels = labels;

        public NativeStdFloats Of(in NativeStdFloats call)
        {
            NativeStdFloats moved = call;
            moved.Name = Of(call.Name);
            moved.Values = _columns + (nint)call.Values;
            moved.Steps = (ulong*)(_columns + (nint)call.Steps);
            moved.Timestamps = Of(call.Timestamps);
            return moved;
        }

        public NativeRlFloats Of(in NativeRlFloats call)
        {
            NativeRlFloats moved = call;
            moved.Name = Of(call.Name);
            moved.Values = _columns + (nint)call.Values;
            moved.Episodes = (ulong*)(_columns + (nint)call.Episodes);
            moved.Steps = (ulong*)(_columns + (nint)call.Steps);
            moved.Timestamps = Of(call.Timestamps);
            return moved;
        }

        public NativeHistograms Of(in NativeHistograms call)
        {
            NativeHistograms moved = call;
            moved.Name = Of(call.Name);
            moved.Steps = (ulong*)(_columns + (nint)call.Steps);
            moved.Timestamps = Of(call.Timestamps);
            return moved;
        }

        public NativeHistogram Of(in NativeHistogram histogram, bool counts)
        {
            NativeHistogram moved = histogram;
            moved.Edges = (double*)(_columns + (nint)histogram.Edges);
            moved.Counts = counts ? (ulong*)(_columns + (nint)histogram.Counts) : null;
            moved.Densities = counts ? null : (double*)(_columns + (nint)histogram.Densities);
            return moved;
        }

        private NativeTimestamps Of(in NativeTimestamps timestamps)
        {
            NativeTimestamps moved = timestamps;
            moved.Each = _columns + (nint)timestamps.Each;
            return moved;
        }

        private NativeSeriesName Of(in NativeSeriesName name) => new()
        {
            Metric = Of(name.Metric),
            Scale = Of(name.Scale),
            Labels = _labels + (nint)name.Labels,
            LabelCount = name.LabelCount,
        };

        private NativeText Of(in NativeText place) => new() { Start = _text + (nint)place.Start, Length = place.Length };
    }
}
