using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>Arguments that are one column: the calls that know no environments take no other shape.</summary>
internal static class Columns
{
    /// <summary>The values of a float call: a single one, or a column.</summary>
    public static FloatColumn Values(Arguments arguments)
    {
        var array = NumericArray.From(arguments.Required("values"), "values");
        return array.Rank <= 1
            ? FloatColumn.From(array, arguments.OptionalText("dtype"))
            : throw RefusalException.Type($"values: one dimension is needed, not {array.Rank}");
    }

    /// <summary>A column of integers, or null where it is left out. A single integer is none.</summary>
    public static long[]? OptionalInt64s(Arguments arguments, string name)
    {
        if (arguments.Optional(name) is not { } value)
        {
            return null;
        }

        var array = NumericArray.From(value, name);
        return array.Rank == 1
            ? array.ToInt64s()
            : throw RefusalException.Type($"{name}: one dimension is needed, not {array.Rank}");
    }
}
