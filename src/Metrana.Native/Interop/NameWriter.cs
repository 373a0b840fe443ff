namespace Metrana.Native.Interop;

/// <summary>
/// Puts the names of one call into memory that does not move, one behind the other. Texts are converted, what was made
/// once is copied.
/// </summary>
internal unsafe ref struct NameWriter
{
    private readonly byte* _end;
    private byte* _next;

    /// <param name="start">Pinned memory, or the stack.</param>
    /// <param name="length">As much as the <c>Room</c> of all that will be written, or more.</param>
    public NameWriter(byte* start, int length)
    {
        _next = start;
        _end = start + length;
    }

    public static int Room(Scale scale) => scale.Utf8 is { } kept ? kept.Length : Utf8.MaxBytes(scale.Name);

    public static int Room(LabelSpan labels, string parameter)
    {
        if (labels.Block is { } kept)
        {
            return kept.Text.Length;
        }

        int room = 0;
        foreach ((string key, string value) in labels.Pairs)
        {
            ArgumentNullException.ThrowIfNull(key, parameter);
            ArgumentNullException.ThrowIfNull(value, parameter);
            room = checked(room + Utf8.MaxBytes(key) + Utf8.MaxBytes(value));
        }

        return room;
    }

    public NativeText Write(string text, string parameter)
    {
        int length = Utf8.Write(text, new Span<byte>(_next, (int)(_end - _next)), parameter);
        return Take(length);
    }

    /// <summary>The same for a text that may be absent.</summary>
    public NativeText WriteOptional(string? text, string parameter) => text is null ? default : Write(text, parameter);

    public NativeText Write(Scale scale, string parameter)
    {
        if (scale.Utf8 is not { } kept)
        {
            return Write(scale.Name, parameter);
        }

        kept.CopyTo(new Span<byte>(_next, (int)(_end - _next)));
        return Take(kept.Length);
    }

    /// <param name="labels">The labels.</param>
    /// <param name="table">Room for as many.</param>
    /// <param name="parameter">How the caller's caller knows them.</param>
    public void Write(scoped LabelSpan labels, scoped Span<NativeLabel> table, string parameter)
    {
        if (labels.Block is { } kept)
        {
            kept.Text.CopyTo(new Span<byte>(_next, (int)(_end - _next)));
            int start = 0;
            ReadOnlySpan<int> ends = kept.Ends;
            for (int i = 0; i < ends.Length / 2; i++)
            {
                table[i].Key = Take(ends[2 * i] - start);
                table[i].Value = Take(ends[(2 * i) + 1] - ends[2 * i]);
                start = ends[(2 * i) + 1];
            }

            return;
        }

        for (int i = 0; i < labels.Pairs.Length; i++)
        {
            (string key, string value) = labels.Pairs[i];
            table[i].Key = Write(key, parameter);
            table[i].Value = Write(value, parameter);
        }
    }

    private NativeText Take(int length)
    {
        NativeText text = new() { Start = _next, Length = (nuint)length };
        _next += length;
        return text;
    }
}
