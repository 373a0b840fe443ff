using System.Text;

namespace Metrana.Native.Interop;

/// <summary>The fields of an engine's line, as structured logs of .NET call them.</summary>
internal static unsafe class EventFields
{
    /// <summary>What the value of a field is; the numbers are the native ones.</summary>
    internal enum FieldKind
    {
        Text = 0,
        Int = 1,
        Float = 2,
    }

    /// <summary>All of them.</summary>
    public static KeyValuePair<string, object?>[] Of(nint @event)
    {
        int count = (int)NativeMethods.EventFieldCount(@event);
        KeyValuePair<string, object?>[] fields = new KeyValuePair<string, object?>[count];
        for (int i = 0; i < count; i++)
        {
            NativeField field = default;
            _ = NativeMethods.EventField(@event, (nuint)i, &field);
            object value = (FieldKind)field.Kind switch
            {
                FieldKind.Int => field.Integer,
                FieldKind.Float => field.Number,
                _ => Utf8.Read(field.Text),
            };
            fields[i] = new(Pascal(Utf8.Read(field.Name)), value);
        }

        return fields;
    }

    /// <summary><c>retry_seconds</c> as <c>RetrySeconds</c>.</summary>
    internal static string Pascal(string name)
    {
        StringBuilder pascal = new(name.Length);
        bool upper = true;
        foreach (char letter in name)
        {
            if (letter != '_')
            {
                pascal.Append(upper ? char.ToUpperInvariant(letter) : letter);
            }

            upper = letter == '_';
        }

        return pascal.ToString();
    }
}
