using System.Runtime.CompilerServices;

namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>Reads the fields of an event's state, whatever type it is of.</summary>
internal static class StateReader
{
    /// <summary>
    /// The state of a LoggerMessage is a struct. Each cast to the interface stands alone in its expression: there the compiler at
    /// run time sees the type and calls the struct's own method, and no event is boxed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<TState>(TState state, EventFields fields)
    {
        if (typeof(TState).IsValueType)
        {
            if (state is IReadOnlyList<KeyValuePair<string, object?>>)
            {
                int count = ((IReadOnlyList<KeyValuePair<string, object?>>)state).Count;
                for (int i = 0; i < count; i++)
                {
                    KeyValuePair<string, object?> field = ((IReadOnlyList<KeyValuePair<string, object?>>)state)[i];
                    fields.Add(field.Key, field.Value);
                }
            }
        }
        else
        {
            ReadObject(state, fields);
        }
    }

    /// <summary>The fields of a scope.</summary>
    public static void ReadScope(object? scope, EventFields fields, in EventFields.ScopeNeeds needs)
    {
        if (scope is IReadOnlyList<KeyValuePair<string, object?>> list)
        {
            for (int i = 0; i < list.Count; i++)
            {
                fields.AddFromScope(list[i].Key, list[i].Value, needs);
            }
        }
        else if (scope is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach ((string name, object? value) in pairs)
            {
                fields.AddFromScope(name, value, needs);
            }
        }
        else if (scope is KeyValuePair<string, object?> pair)
        {
            fields.AddFromScope(pair.Key, pair.Value, needs);
        }
    }

    /// <summary>All fields but the template, for what keeps an event whole.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Pairs(object? state) =>
        state is IEnumerable<KeyValuePair<string, object?>> pairs
            ? pairs.Where(pair => pair.Key is not (null or "" or FieldRoles.Template))
            : [];

    private static void ReadObject(object? state, EventFields fields)
    {
        if (state is IReadOnlyList<KeyValuePair<string, object?>> list)
        {
            int count = list.Count;
            for (int i = 0; i < count; i++)
            {
                KeyValuePair<string, object?> field = list[i];
                fields.Add(field.Key, field.Value);
            }
        }
        else if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach ((string name, object? value) in pairs)
            {
                fields.Add(name, value);
            }
        }
    }
}
