using System.ComponentModel;
using System.Runtime.CompilerServices;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// The value or values that a call logs under one name: a number of any type, an array, span or list of numbers, or a collection
/// expression of doubles, such as <c>[0.5, 0.25]</c>. <see cref="double"/> and <see cref="float"/> keep their precision, all others
/// are widened, and a <see cref="bool"/> is 1 or 0. A whole number that a double cannot represent is refused. Null logs nothing.
/// </summary>
/// <remarks>For a span of a type that has no conversion here, pass <see cref="Values.Of{T}(ReadOnlySpan{T})"/>.</remarks>
[CollectionBuilder(typeof(MetricValue), nameof(Of))]
public readonly ref partial struct MetricValue
{
    internal readonly Values Values;

    private MetricValue(Values values) => Values = values;

    /// <summary>The number of values.</summary>
    public int Count => Values.Count;

    /// <summary>Creates a value from a collection expression.</summary>
    /// <param name="values">The values.</param>
    public static MetricValue Of(ReadOnlySpan<double> values) => new(Values.Of(values));

    /// <summary>Enumerates the values as doubles, as collection expressions require.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Values.Enumerator GetEnumerator() => Values.GetEnumerator();
}
