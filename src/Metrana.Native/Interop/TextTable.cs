using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

/// <summary>
/// A list of texts in the form that crosses: UTF-8 in memory that does not move, on the caller's stack, or in native memory
/// when they are many or long. Nothing is allocated on the managed heap.
/// </summary>
internal readonly unsafe ref struct TextTable
{
    private readonly void* _heap;

    /// <param name="texts">The texts.</param>
    /// <param name="stack">Room on the stack of the caller, which outlives this.</param>
    /// <param name="parameter">How the caller's caller knows them.</param>
    /// <exception cref="ArgumentNullException">One is null.</exception>
    /// <exception cref="ArgumentException">One has no UTF-8.</exception>
    public TextTable(ReadOnlySpan<string> texts, Stack* stack, string parameter)
    {
        if (texts.IsEmpty)
        {
            return;
        }

        int room = 0;
        foreach (string text in texts)
        {
            ArgumentNullException.ThrowIfNull(text, parameter);
            room = checked(room + Utf8.MaxBytes(text));
        }

        NativeText* table = (NativeText*)stack->Table;
        byte* bytes = stack->Text;
        if (room > Stack.TextBytes || texts.Length > Stack.MostTexts)
        {
            nuint tableBytes = checked((nuint)texts.Length * (nuint)sizeof(NativeText));
            _heap = NativeMemory.Alloc(checked(tableBytes + (nuint)room));
            table = (NativeText*)_heap;
            bytes = (byte*)_heap + tableBytes;
        }

        try
        {
            NameWriter writer = new(bytes, room);
            for (int i = 0; i < texts.Length; i++)
            {
                table[i] = writer.Write(texts[i], parameter);
            }
        }
        catch
        {
            NativeMemory.Free(_heap);
            throw;
        }

        Start = table;
        Count = (nuint)texts.Length;
    }

    /// <summary>The first of them; null when there are none.</summary>
    public NativeText* Start { get; }

    public nuint Count { get; }

    public void Dispose() => NativeMemory.Free(_heap);

    /// <summary>Room for the environments of nearly every call. Its content is undefined at first.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Stack
    {
        /// <summary>How many bytes the texts may take at worst, at three for each character.</summary>
        public const int TextBytes = 768;

        /// <summary>More texts than this go into native memory.</summary>
        public const int MostTexts = 16;

        private const int PointerAndLength = 16;

        // The table comes first, aligned for the pointers in it.
        public fixed ulong Table[MostTexts * PointerAndLength / sizeof(ulong)];
        public fixed byte Text[TextBytes];
    }
}
