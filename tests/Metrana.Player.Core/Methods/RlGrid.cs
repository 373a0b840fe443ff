using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>
/// The shape of a reinforcement-learning call: a row of values for each environment. Nothing is broadcast that the published
/// client would not broadcast.
/// </summary>
/// <param name="Environments">The environments.</param>
/// <param name="Width">How many values each of them has.</param>
/// <param name="Values">The values, row by row.</param>
internal sealed record RlGrid(string[] Environments, int Width, FloatColumn Values)
{
    public static RlGrid From(Arguments arguments)
    {
        var environments = arguments.Texts("environments");
        if (environments.Length == 0)
        {
            throw RefusalException.Value("environments: at least one is needed");
        }

        var array = NumericArray.From(arguments.Required("values"), "values");
        var (rows, width) = array.Shape switch
        {
            [] => (1, 1),
            [var length] when environments.Length == 1 => (1, length),
            [var length] => (length, 1),
            [var first, var second] => (first, second),
            _ => throw RefusalException.Value($"values: one or two dimensions are needed, not {array.Rank}"),
        };
        return rows == environments.Length
            ? new RlGrid(environments, width, FloatColumn.From(array, arguments.OptionalText("dtype")))
            : throw RefusalException.Value($"values describe {rows} environment(s) but {environments.Length} were given");
    }

    /// <summary>How an argument spreads over the values.</summary>
    public RlColumn Column(Arguments arguments, string name)
    {
        if (arguments.Optional(name) is not { } value)
        {
            return RlColumn.None;
        }

        var array = NumericArray.From(value, name);
        var spread = array.Shape switch
        {
            [] => RlSpread.Uniform,
            [var length] when length == Environments.Length => RlSpread.PerEnvironment,
            [var length] when Environments.Length == 1 && length == Width => RlSpread.Grid,
            [var rows, var width] when rows == Environments.Length && width == Width => RlSpread.Grid,
            _ => throw RefusalException.Value(
                $"{name} has shape [{string.Join(", ", array.Shape)}], incompatible with a [{Environments.Length}, {Width}] batch"),
        };
        return new RlColumn(spread, array.ToInt64s());
    }

    /// <summary>The same for an argument that may not be negative.</summary>
    public RlColumn CountColumn(Arguments arguments, string name)
    {
        var column = Column(arguments, name);
        return Array.TrueForAll(column.Values, value => value >= 0)
            ? column
            : throw (column.Spread == RlSpread.Uniform
                ? RefusalException.Overflow($"{name}: can't convert negative int to unsigned")
                : RefusalException.Value($"{name} must not be negative"));
    }
}
