using System.Runtime.InteropServices;
using System.Text;

namespace Metrana.Native.Interop;

/// <summary>
/// The calls of a batch, with copies of everything they bring, in buffers that grow to what is needed and are used again.
/// Where a call refers to something, it holds the place in a buffer: only <see cref="Send"/> knows where the buffers lie.
/// </summary>
internal sealed unsafe partial class BatchBuffer
{
    /// <summary>Scales beyond these are not looked at; a batch has one or two.</summary>
    private const int MostScales = 16;

    private Entry[] _entries = new Entry[8];
    private NativeStdFloats[] _floats = new NativeStdFloats[8];
    private NativeRlFloats[] _rows = [];
    private NativeHistogram[] _histograms = [];
    private NativeHistograms[] _histogramCalls = [];
    private (int Key, int Value, int End)[] _labels = new (int, int, int)[8];
    private (int Start, int End)[] _environments = [];
    private byte[] _text = new byte[256];

    // Of longs, so that each column is aligned for eight bytes.
    private long[] _columns = new long[64];
    private Lengths _used;
    private readonly List<Scale> _scales = [];

    /// <summary>What an entry is.</summary>
    private enum Kind
    {
        Floats,
        Rows,
        Histogram,
    }

    /// <summary>How many calls there are.</summary>
    public int Count => _used.Entries;

    /// <summary>The scales that were named, each once.</summary>
    public List<Scale> Scales => _scales;

    public void Clear()
    {
        _scales.Clear();
        // Handles and sets would be kept alive for nothing.
        Array.Clear(_entries, 0, _used.Entries);
        _used = default;
    }

    /// <summary>Copies values of a series by its name.</summary>
    public void AddFloats<T>(
        string metric, Scale scale, ReadOnlySpan<T> values, Steps steps, LabelSpan labels, Timestamps timestamps, bool distributed)
        where T : unmanaged
    {
        Lengths before = _used;
        try
        {
            NativeStdFloats call = Columns(values, steps, timestamps);
            call.Name = Name(metric, scale, labels);
            call.Distributed = distributed ? (byte)1 : (byte)0;
            AddFloats(call, null);
        }
        catch
        {
            _used = before;
            throw;
        }
    }

    /// <summary>Copies values of a series that is known by a handle.</summary>
    public void AddFloats<T>(Series series, ReadOnlySpan<T> values, Steps steps, Timestamps timestamps)
        where T : unmanaged
    {
        Lengths before = _used;
        try
        {
            NativeStdFloats call = Columns(values, steps, timestamps);
            call.Distributed = series.IsDistributed ? (byte)1 : (byte)0;
            AddFloats(call, series);
        }
        catch
        {
            _used = before;
            throw;
        }
    }

    /// <summary>Copies rows of a series of reinforcement learning.</summary>
    /// <param name="metric">Its metric.</param>
    /// <param name="scale">Its scale.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="series">The series, where it is known by a handle.</param>
    /// <param name="values">The values.</param>
    /// <param name="call">The rest. Its rows are those of <paramref name="environments"/>, less those that are not wanted.</param>
    /// <param name="environments">All environments.</param>
    /// <param name="where">Which of them are wanted; empty for all.</param>
    public void AddRows<T>(
        string metric,
        Scale scale,
        LabelSpan labels,
        RlSeries? series,
        ReadOnlySpan<T> values,
        scoped in RlCall call,
        scoped in EnvironmentSpan environments,
        ReadOnlySpan<bool> where)
        where T : unmanaged
    {
        Lengths before = _used;
        try
        {
            NativeRlFloats rows = Columns(values, call);
            bool kept = environments.Kept is not null;

            // A handle wants numbers of environments; names are looked up together with the name of the series.
            Entry entry = new() { Kind = Kind.Rows, RlSeries = kept ? series : null, Environments = environments.Kept };
            rows.Name = entry.RlSeries is null ? Name(metric, scale, labels) : default;
            if (environments.Kept is { } set)
            {
                rows.EnvironmentIds = (uint*)Ids(set.Ids, where);
            }
            else
            {
                rows.Environments = (NativeText*)Names(environments, where);
            }

            entry.Index = _used.Rows;
            Push(ref _rows, ref _used.Rows, rows);
            Push(ref _entries, ref _used.Entries, entry);
        }
        catch
        {
            _used = before;
            throw;
        }
    }

    /// <summary>Copies a histogram.</summary>
    /// <param name="metric">Its metric.</param>
    /// <param name="scale">Its scale.</param>
    /// <param name="edges">Its edges.</param>
    /// <param name="bins">Counts, as <see cref="ulong"/>, or densities, as <see cref="double"/>.</param>
    /// <param name="step">Its step; null for the one of the batch.</param>
    /// <param name="stats">Its statistics.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="timestamps">Its timestamp.</param>
    public void AddHistogram<T>(
        string metric,
        Scale scale,
        ReadOnlySpan<double> edges,
        ReadOnlySpan<T> bins,
        long? step,
        HistogramStats? stats,
        LabelSpan labels,
        Timestamps timestamps)
        where T : unmanaged
    {
        Lengths before = _used;
        long known = step ?? 0;
        try
        {
            NativeHistogram histogram = new()
            {
                Edges = (double*)Put(edges),
                EdgeCount = (nuint)edges.Length,
                BinCount = (nuint)bins.Length,
            };
            bool counts = typeof(T) == typeof(ulong);
            nint place = Put(bins);
            histogram.Counts = counts ? (ulong*)place : null;
            histogram.Densities = counts ? null : (double*)place;
            NativeLogger.Write(stats, ref histogram);
            NativeHistograms call = new()
            {
                Name = Name(metric, scale, labels),
                Histograms = (NativeHistogram*)(nint)_used.Histograms,
                Count = 1,
                Steps = (ulong*)Put(new ReadOnlySpan<long>(in known)),
                StepCount = 1,
                Timestamps = Times(timestamps),
            };
            Entry entry = new() { Kind = Kind.Histogram, Index = _used.Histograms, WantsStep = step is null, HoldsCounts = counts };
            int calls = _used.Histograms;
            Push(ref _histogramCalls, ref calls, call);
            Push(ref _histograms, ref _used.Histograms, histogram);
            Push(ref _entries, ref _used.Entries, entry);
        }
        catch
        {
            _used = before;
            throw;
        }
    }

    /// <summary>The metric that a call is about.</summary>
    public string MetricOf(int call)
    {
        ref readonly Entry entry = ref _entries[call];
        if ((entry.Series?.Metric ?? entry.RlSeries?.Metric) is { } known)
        {
            return known;
        }

        NativeText text = entry.Kind switch
        {
            Kind.Floats => _floats[entry.Index].Name.Metric,
            Kind.Rows => _rows[entry.Index].Name.Metric,
            _ => _histogramCalls[entry.Index].Name.Metric,
        };
        return Encoding.UTF8.GetString(_text, (int)(nint)text.Start, (int)text.Length);
    }

    private void AddFloats(in NativeStdFloats call, Series? series)
    {
        int index = _used.Floats;
        Push(ref _floats, ref _used.Floats, call);
        Push(ref _entries, ref _used.Entries, new Entry { Kind = Kind.Floats, Index = index, Series = series });
    }

    private NativeStdFloats Columns<T>(ReadOnlySpan<T> values, Steps steps, Timestamps timestamps)
        where T : unmanaged => new()
        {
            Values = (void*)Put(values),
            Count = (nuint)values.Length,
            Dtype = (int)NativeLogger.TypeOf<T>(),
            StepsKind = (int)steps.Kind,
            FirstStep = (ulong)steps.First,
            Steps = (ulong*)Put(steps.Values),
            StepCount = (nuint)steps.Values.Length,
            Timestamps = Times(timestamps),
        };

    private NativeRlFloats Columns<T>(ReadOnlySpan<T> values, scoped in RlCall call)
        where T : unmanaged
    {
        int rows = call.Rows;
        scoped ref readonly Spread episodes = ref call.Episodes.Spread;
        scoped ref readonly Spread steps = ref call.Steps.Spread;
        scoped ref readonly Spread timestamps = ref call.Timestamps.Spread;
        return new NativeRlFloats
        {
            RlStep = (ulong)call.RlStep,
            EnvironmentCount = (nuint)rows,
            Values = (void*)Put(values),
            Count = (nuint)values.Length,
            Dtype = (int)NativeLogger.TypeOf<T>(),
            Strategy = (int)call.Strategy,
            Ordered = call.Ordered ? (byte)1 : (byte)0,
            EpisodesKind = (int)episodes.KindFor(rows, values.Length),
            Episode = (ulong)episodes.Value,
            Episodes = (ulong*)Put(episodes.Values),
            EpisodeCount = (nuint)episodes.Values.Length,
            StepsKind = (int)steps.KindFor(rows, values.Length),
            FirstStep = (ulong)steps.Value,
            Steps = (ulong*)Put(steps.Values),
            StepCount = (nuint)steps.Values.Length,
            Timestamps = new NativeTimestamps
            {
                Kind = (int)timestamps.KindFor(rows, values.Length),
                Millis = timestamps.Value,
                Each = (long*)Put(timestamps.Values),
                Count = (nuint)timestamps.Values.Length,
            },
        };
    }

    private NativeTimestamps Times(Timestamps timestamps) => new()
    {
        Kind = (int)timestamps.Kind,
        Millis = timestamps.Millis,
        Each = (long*)Put(timestamps.Values),
        Count = (nuint)timestamps.Values.Length,
    };

    private NativeSeriesName Name(string metric, Scale scale, LabelSpan labels)
    {
        int first = _used.Labels;
        NativeSeriesName name = new() { Metric = Put(metric, nameof(metric)), Scale = Put(scale), Labels = (NativeLabel*)(nint)first };
        Put(labels);
        name.LabelCount = (nuint)(_used.Labels - first);
        if (_scales.Count < MostScales && !_scales.Contains(scale))
        {
            _scales.Add(scale);
        }

        return name;
    }

    private nint Ids(ReadOnlySpan<uint> ids, ReadOnlySpan<bool> where)
    {
        nint place = Put(ids);
        if (!where.IsEmpty)
        {
            Span<uint> copy = MemoryMarshal.Cast<long, uint>(_columns.AsSpan((int)place));
            int wanted = 0;
            for (int i = 0; i < ids.Length; i++)
            {
                copy[wanted] = ids[i];
                wanted += where[i] ? 1 : 0;
            }
        }

        return place;
    }

    private nint Names(scoped in EnvironmentSpan environments, ReadOnlySpan<bool> where)
    {
        int first = _used.Environments;
        int row = 0;
        foreach (string environment in environments)
        {
            if (where.IsEmpty || where[row])
            {
                NativeText name = Put(environment, nameof(environments));
                Push(ref _environments, ref _used.Environments, ((int)(nint)name.Start, (int)((nint)name.Start + (nint)name.Length)));
            }

            row++;
        }

        return first;
    }

    private NativeText Put(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        Grow(ref _text, checked(_used.Text + Utf8.MaxBytes(text)));
        int start = _used.Text;
        int length = Utf8.Write(text, _text.AsSpan(start), parameter);
        _used.Text += length;
        return new NativeText { Start = (byte*)(nint)start, Length = (nuint)length };
    }

    private NativeText Put(Scale scale)
    {
        if (scale.Utf8 is not { } kept)
        {
            return Put(scale.Name, nameof(scale));
        }

        int start = _used.Text;
        PutText(kept);
        return new NativeText { Start = (byte*)(nint)start, Length = (nuint)kept.Length };
    }

    private void Put(LabelSpan labels)
    {
        Grow(ref _labels, _used.Labels + labels.Count);
        if (labels.Block is { } kept)
        {
            int start = _used.Text;
            PutText(kept.Text);
            ReadOnlySpan<int> ends = kept.Ends;
            int key = start;
            for (int i = 0; i < ends.Length; i += 2)
            {
                _labels[_used.Labels++] = (key, start + ends[i], start + ends[i + 1]);
                key = start + ends[i + 1];
            }

            return;
        }

        foreach ((string name, string text) in labels.Pairs)
        {
            int key = (int)(nint)Put(name, nameof(labels)).Start;
            int value = (int)(nint)Put(text, nameof(labels)).Start;
            _labels[_used.Labels++] = (key, value, _used.Text);
        }
    }

    private void PutText(ReadOnlySpan<byte> utf8)
    {
        Grow(ref _text, checked(_used.Text + utf8.Length));
        utf8.CopyTo(_text.AsSpan(_used.Text));
        _used.Text += utf8.Length;
    }

    /// <summary>Copies a column, and answers where it begins.</summary>
    private nint Put<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> column = MemoryMarshal.AsBytes(values);
        int start = _used.Columns;
        int room = (int)(((long)column.Length + sizeof(long) - 1) / sizeof(long));
        Grow(ref _columns, checked(start + room));
        column.CopyTo(MemoryMarshal.AsBytes(_columns.AsSpan(start)));
        _used.Columns += room;
        return start;
    }

    private static void Push<T>(ref T[] buffer, ref int count, in T item)
    {
        Grow(ref buffer, count + 1);
        buffer[count++] = item;
    }

    private static void Grow<T>(ref T[] buffer, int needed)
    {
        if (buffer.Length < needed)
        {
            Array.Resize(ref buffer, Math.Max(needed, (int)Math.Min(buffer.Length * 2L, Array.MaxLength)));
        }
    }

    /// <summary>How much of each buffer is used. What fails takes back all of it by putting back the old one.</summary>
    private struct Lengths
    {
        public int Entries;
        public int Floats;
        public int Rows;
        public int Histograms;
        public int Labels;
        public int Environments;
        public int Text;
        public int Columns;
    }

    private struct Entry
    {
        public Kind Kind;

        /// <summary>Which of its kind it is.</summary>
        public int Index;

        /// <summary>The series that values go to, where it came as a handle.</summary>
        public Series? Series;

        /// <summary>The same of rows.</summary>
        public RlSeries? RlSeries;

        /// <summary>The set whose numbers the rows have.</summary>
        public EnvironmentSet? Environments;

        /// <summary>Of a histogram: whether its step is the one of the batch.</summary>
        public bool WantsStep;

        /// <summary>Of a histogram: whether its bins hold counts.</summary>
        public bool HoldsCounts;
    }
}
