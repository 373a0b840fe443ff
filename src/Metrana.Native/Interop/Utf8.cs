using System.Buffers;
using System.Text;

namespace Metrana.Native.Interop;

/// <summary>Text to UTF-8, strictly: half a surrogate pair is refused and not replaced by something that looks like text.</summary>
internal static class Utf8
{
    /// <summary>No text of this length needs more.</summary>
    public static int MaxBytes(string text) => checked(text.Length * 3);

    /// <summary>Writes the UTF-8 of a text and says how many bytes it took.</summary>
    /// <param name="text">The text.</param>
    /// <param name="to">Room for <see cref="MaxBytes"/>.</param>
    /// <param name="parameter">How the caller's caller knows the text.</param>
    public static int Write(string text, Span<byte> to, string parameter)
    {
        OperationStatus status = System.Text.Unicode.Utf8.FromUtf16(
            text, to, out int read, out int written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done)
        {
            throw new ArgumentException($"The text has half a surrogate pair at index {read}, so it has no UTF-8.", parameter);
        }

        return written;
    }

    /// <summary>The UTF-8 of a text that is kept.</summary>
    public static byte[] Encode(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        byte[] room = new byte[MaxBytes(text)];
        return room[..Write(text, room, parameter)];
    }

    /// <summary>The text that the native side lends. Its strings are UTF-8, so nothing is replaced.</summary>
    public static unsafe string Read(NativeText text) => Encoding.UTF8.GetString(text.Start, checked((int)text.Length));
}
