using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metrana.Native.Interop;

internal sealed partial class AttributeTree
{
    private void Write(object? value)
    {
        switch (value)
        {
            case null:
                Write(Node.Null);
                break;
            case string text:
                Write(Node.Text);
                WriteText(text);
                break;
            case bool truth:
                Write(truth ? Node.True : Node.False);
                break;
            case JsonElement json:
                Write(json);
                break;
            case JsonDocument document:
                Write(document.RootElement);
                break;
            case JsonNode node:
                Write(node);
                break;
            case ValueType when WriteNumber(value) || WriteTime(value) || WriteSimple(value):
                break;

            // The exact type here and below: to the runtime an sbyte[] is a byte[] as well, a uint[] an int[], and so is an
            // array of enums.
            case byte[] when value.GetType() == typeof(byte[]):
                throw Refusal("bytes cannot be an attribute. Write them as text, for example by Convert.ToHexString.");
            case Dictionary<string, object?> map:
                WriteMap(map);
                break;
            case Dictionary<string, string> map:
                WriteMap(map);
                break;
            case IDictionary map:
                WriteMap(map);
                break;
            case IEnumerable<KeyValuePair<string, object?>> map:
                WriteMap(map);
                break;
            case IEnumerable<KeyValuePair<string, string>> map:
                WriteMap(map);
                break;
            case IEnumerable<KeyValuePair<string, bool>> map:
                WriteMap(map);
                break;
            case IEnumerable<KeyValuePair<string, int>> map:
                WriteMap(map);
                break;
            case IEnumerable<KeyValuePair<string, long>> map:
                WriteMap(map);
                break;
            case IEnumerable<KeyValuePair<string, float>> map:
                WriteMap(map);
                break;
            case IEnumerable<KeyValuePair<string, double>> map:
                WriteMap(map);
                break;
            case object?[] list:
                WriteList<object?>(list);
                break;
            case List<object?> list:
                WriteList(CollectionsMarshal.AsSpan(list));
                break;
            case List<string> list:
                WriteList<string>(CollectionsMarshal.AsSpan(list));
                break;
            case double[] list:
                WriteList<double>(list);
                break;
            case float[] list:
                WriteList<float>(list);
                break;
            case int[] list when value.GetType() == typeof(int[]):
                WriteList<int>(list);
                break;
            case long[] list when value.GetType() == typeof(long[]):
                WriteList<long>(list);
                break;
            case Array { Rank: > 1 and int rank }:
                throw Refusal($"an array of rank {rank} cannot be an attribute. Convert it to an array of arrays.");
            case IEnumerable list:
                WriteList(list);
                break;
            case ITuple tuple:
                WriteTuple(tuple);
                break;
            case Uri or Version:
                Write(Node.Text);
                WriteText(value.ToString()!);
                break;
            default:
                WriteProperties(value);
                break;
        }
    }

    private bool WriteNumber(object value)
    {
        switch (value)
        {
            case int number:
                WriteInt(number);
                return true;
            case long number:
                WriteInt(number);
                return true;
            case double number:
                WriteFloat(number);
                return true;
            case float number:
                WriteFloat(number);
                return true;
            case Half number:
                WriteFloat((double)number);
                return true;
            case sbyte number:
                WriteInt(number);
                return true;
            case byte number:
                WriteInt(number);
                return true;
            case short number:
                WriteInt(number);
                return true;
            case ushort number:
                WriteInt(number);
                return true;
            case uint number:
                WriteInt(number);
                return true;
            case ulong number:
                Write(number);
                return true;
            case decimal number:
                Write(number);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The service's whole numbers end at 2^63-1; those above are numbers with a fraction there.</summary>
    private void Write(ulong number)
    {
        if (number <= long.MaxValue)
        {
            WriteInt((long)number);
        }
        else
        {
            WriteFloat(number);
        }
    }

    private void Write(decimal number)
    {
        double near = (double)number;
        if (Math.Abs(near) >= 7e28 || (decimal)near != number)
        {
            throw Refusal($"the decimal {number} has more digits than a double can hold. Convert it to double or to text.");
        }

        WriteFloat(near);
    }

    private bool WriteTime(object value)
    {
        switch (value)
        {
            case DateTimeOffset moment:
                WriteTime(moment);
                return true;

            // Of an unspecified kind the same moment on every machine, wherever it stands.
            case DateTime { Kind: DateTimeKind.Unspecified } moment:
                WriteTime(new DateTimeOffset(moment, TimeSpan.Zero));
                return true;
            case DateTime moment:
                WriteTime(new DateTimeOffset(moment.ToUniversalTime()));
                return true;
            case DateOnly day:
                WriteTime(new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
                return true;
            default:
                return false;
        }
    }

    /// <summary>What is a text of its own, the same on every machine.</summary>
    private bool WriteSimple(object value)
    {
        string? text = value switch
        {
            Enum choice => choice.ToString(),
            TimeSpan duration => duration.ToString("c", CultureInfo.InvariantCulture),
            TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
            Guid id => id.ToString(),
            char character => character.ToString(),
            _ => null,
        };
        if (text is null)
        {
            return false;
        }

        Write(Node.Text);
        WriteText(text);
        return true;
    }

    private void WriteMap(IDictionary map)
    {
        int place = Begin(Node.Map);
        int count = 0;
        IDictionaryEnumerator entries = map.GetEnumerator();
        try
        {
            for (; entries.MoveNext(); count++)
            {
                if (entries.Key is not string key)
                {
                    // The path of the message is the map's own.
                    _depth--;
                    throw Refusal($"a key is {ObjectForm.Described(entries.Key)}; attribute keys must be strings.");
                }

                WriteEntry(key, entries.Value);
            }
        }
        finally
        {
            (entries as IDisposable)?.Dispose();
        }

        End(place, count);
    }

    private void WriteMap<T>(IEnumerable<KeyValuePair<string, T>> map)
    {
        int place = Begin(Node.Map);
        int count = 0;
        foreach ((string key, T value) in map)
        {
            WriteEntry(key, value);
            count++;
        }

        End(place, count);
    }

    /// <summary>The same for the dictionary that nearly everybody takes, whose own enumerator costs no memory.</summary>
    private void WriteMap<T>(Dictionary<string, T> map)
    {
        int place = Begin(Node.Map);
        foreach ((string key, T value) in map)
        {
            WriteEntry(key, value);
        }

        End(place, map.Count);
    }

    private void WriteEntry(string key, object? value)
    {
        _path[_depth - 1] = (key, 0);
        WriteText(key ?? throw Refusal("a key is null; attribute keys must be strings."));
        Write(value);
    }

    /// <summary>Elements that lie in a row: no enumerator, and no box for a number.</summary>
    private void WriteList<T>(ReadOnlySpan<T> list)
    {
        int place = Begin(Node.List);
        for (int i = 0; i < list.Length; i++)
        {
            _path[_depth - 1] = (null, i);
            T element = list[i];
            if (typeof(T) == typeof(double))
            {
                WriteFloat((double)(object)element!);
            }
            else if (typeof(T) == typeof(float))
            {
                WriteFloat((float)(object)element!);
            }
            else if (typeof(T) == typeof(int))
            {
                WriteInt((int)(object)element!);
            }
            else if (typeof(T) == typeof(long))
            {
                WriteInt((long)(object)element!);
            }
            else
            {
                Write(element);
            }
        }

        End(place, list.Length);
    }

    private void WriteList(IEnumerable list)
    {
        int place = Begin(Node.List);
        int count = 0;
        foreach (object? value in list)
        {
            _path[_depth - 1] = (null, count++);
            Write(value);
        }

        End(place, count);
    }

    private void WriteTuple(ITuple tuple)
    {
        int place = Begin(Node.List);
        for (int i = 0; i < tuple.Length; i++)
        {
            _path[_depth - 1] = (null, i);
            Write(tuple[i]);
        }

        End(place, tuple.Length);
    }
}
