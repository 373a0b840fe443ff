namespace Metrana.Player.Values;

/// <summary>Numbers with a shape, from a single number, nested lists or a typed array.</summary>
internal sealed class NumericArray
{
    private readonly string _argument;
    private readonly List<Element> _elements;

    private NumericArray(string argument, IReadOnlyList<int> shape, List<Element> elements)
    {
        _argument = argument;
        Shape = shape;
        _elements = elements;
    }

    private readonly record struct Element(ScriptValue Value, ElementType? Type);

    /// <summary>The dimensions; none for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    public int Rank => Shape.Count;

    public static NumericArray From(ScriptValue value, string argument)
    {
        var elements = new List<Element>();
        var shape = Collect(value, argument, elements);
        return new NumericArray(argument, shape, elements);
    }

    /// <summary>Every element as a double.</summary>
    public double[] ToDoubles() => [.. _elements.Select(ToDouble)];

    /// <summary>Every element as a 32-bit float: rounded once from what it is.</summary>
    public float[] ToSingles() => [.. _elements.Select(ToSingle)];

    /// <summary>Every element at half precision, and widened to 32 bits again.</summary>
    public float[] ToHalves() => [.. _elements.Select(element => (float)(Half)ToDouble(element))];

    /// <summary>Every element without its fraction, the sign of zero kept.</summary>
    public double[] ToTruncated()
    {
        var values = ToDoubles();
        return Array.TrueForAll(values, double.IsFinite)
            ? Array.ConvertAll(values, Math.Truncate)
            : throw RefusalException.Value($"{_argument}: NaN and infinities are no integers");
    }

    /// <summary>Every element as a 64-bit integer; a float loses its fraction.</summary>
    public long[] ToInt64s() => [.. _elements.Select(element => element.Type is ElementType.Float32 or ElementType.Float64
        ? Numbers.Cast(ToDouble(element))
        : Numbers.ToInt64(element.Value, _argument))];

    /// <summary>Every element as a count: whole, from 0 on, and below 2^64.</summary>
    public ulong[] ToCounts() => _elements.TrueForAll(element => element.Type is null)
        ? Counts.From([.. _elements.Select(element => element.Value)], _argument)
        : [.. _elements.Select(element => element.Type == ElementType.Int64
            ? Counts.From([new IntegerValue(Numbers.ToInt64(element.Value, _argument))], _argument)[0]
            : Counts.Whole(ToDouble(element), _argument))];

    private double ToDouble(Element element) => element.Type switch
    {
        ElementType.Int64 => Numbers.ToInt64(element.Value, _argument),
        ElementType.Float32 => (float)Numbers.ToDouble(element.Value, _argument),
        _ => Numbers.ToDouble(element.Value, _argument),
    };

    private float ToSingle(Element element) => element.Type == ElementType.Int64
        ? Numbers.ToInt64(element.Value, _argument)
        : (float)Numbers.ToDouble(element.Value, _argument);

    private static int[] Collect(ScriptValue value, string argument, List<Element> elements)
    {
        switch (value)
        {
            case ArrayValue array:
                elements.AddRange(array.Elements.Select(element => new Element(element, array.Type)));
                return [.. array.Shape];
            case ListValue list:
                return CollectItems(list, argument, elements);
            case MappingValue:
                throw RefusalException.Type($"{argument}: numbers are needed, not '{value.TypeName}'");
            default:
                elements.Add(new Element(value, null));
                return [];
        }
    }

    private static int[] CollectItems(ListValue list, string argument, List<Element> elements)
    {
        int[]? inner = null;
        foreach (var item in list.Items)
        {
            var shape = Collect(item, argument, elements);
            if (inner is not null && !shape.AsSpan().SequenceEqual(inner))
            {
                throw RefusalException.Value($"{argument}: the lists have different lengths");
            }

            inner = shape;
        }

        return [list.Items.Count, .. inner ?? []];
    }
}
