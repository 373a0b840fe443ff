using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

/// <summary>
/// The names of one call in the form that crosses: metric, scale and labels as UTF-8 in memory that does not move. That is
/// the caller's stack, and native memory for names so long that they do not fit there. Nothing is allocated on the
/// managed heap.
/// </summary>
internal readonly unsafe ref struct SeriesNames
{
    /// <summary>What crosses.</summary>
    public readonly NativeSeriesName Name;

    private readonly void* _heap;

    /// <param name="metric">The metric.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="stack">Room on the stack of the caller, which outlives this.</param>
    /// <exception cref="ArgumentNullException">The metric, or the key or value of a label, is null.</exception>
    /// <exception cref="ArgumentException">A text has no UTF-8.</exception>
    public SeriesNames(string metric, Scale scale, LabelSpan labels, Stack* stack)
    {
        ArgumentNullException.ThrowIfNull(metric);
        int count = labels.Count;
        int room = checked(Utf8.MaxBytes(metric) + NameWriter.Room(scale) + NameWriter.Room(labels, nameof(labels)));
        byte* text = stack->Text;
        NativeLabel* table = (NativeLabel*)stack->Labels;
        if (room > Stack.TextBytes || count > Stack.MostLabels)
        {
            nuint tableBytes = checked((nuint)count * (nuint)sizeof(NativeLabel));
            _heap = NativeMemory.Alloc(checked(tableBytes + (nuint)room));
            table = (NativeLabel*)_heap;
            text = (byte*)_heap + tableBytes;
        }

        try
        {
            NameWriter writer = new(text, room);
            Name.Metric = writer.Write(metric, nameof(metric));
            Name.Scale = writer.Write(scale, nameof(scale));
            writer.Write(labels, new Span<NativeLabel>(table, count), nameof(labels));
            Name.Labels = table;
            Name.LabelCount = (nuint)count;
        }
        catch
        {
            NativeMemory.Free(_heap);
            throw;
        }
    }

    public void Dispose() => NativeMemory.Free(_heap);

    /// <summary>Room for the names of nearly every call. Its content is undefined at first.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Stack
    {
        /// <summary>How many bytes the names may take at worst, at three for each character.</summary>
        public const int TextBytes = 1024;

        /// <summary>As many labels as a series may have.</summary>
        public const int MostLabels = 8;

        private const int LabelBytes = 32;

        // The labels come first, aligned for the pointers in them.
        public fixed ulong Labels[MostLabels * LabelBytes / sizeof(ulong)];
        public fixed byte Text[TextBytes];
    }
}
