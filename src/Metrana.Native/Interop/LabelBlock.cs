namespace Metrana.Native.Interop;

/// <summary>Labels that were made once: their keys and values as UTF-8, one behind the other, and where each ends.</summary>
internal sealed class LabelBlock
{
    private readonly byte[] _text;
    private readonly int[] _ends;

    public LabelBlock(ReadOnlySpan<KeyValuePair<string, string>> pairs)
    {
        int room = 0;
        foreach ((string key, string value) in pairs)
        {
            ArgumentNullException.ThrowIfNull(key, nameof(pairs));
            ArgumentNullException.ThrowIfNull(value, nameof(pairs));
            room = checked(room + Utf8.MaxBytes(key) + Utf8.MaxBytes(value));
        }

        byte[] text = new byte[room];
        _ends = new int[pairs.Length * 2];
        int end = 0;
        for (int i = 0; i < pairs.Length; i++)
        {
            end += Utf8.Write(pairs[i].Key, text.AsSpan(end), nameof(pairs));
            _ends[2 * i] = end;
            end += Utf8.Write(pairs[i].Value, text.AsSpan(end), nameof(pairs));
            _ends[(2 * i) + 1] = end;
        }

        _text = text[..end];
    }

    /// <summary>All keys and values, one behind the other.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>Where each ends: the first key, the first value, the second key, ...</summary>
    public ReadOnlySpan<int> Ends => _ends;
}
