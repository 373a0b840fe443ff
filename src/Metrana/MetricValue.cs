using System.ComponentModel;
using System.Runtime.CompilerServices;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// What a call logs under one name: a number of any type, or an array, span or list of numbers, or numbers written in the call,
/// <c>[0.5, 0.25]</c>, which are doubles. <see cref="double"/> and <see cref="float"/> keep their precision, all others are widened,
/// and a <see cref="bool"/> is 1 or 0. A whole number that a double cannot represent is refused. Null is no value at all.
/// </summary>
/// <remarks>For a span of a type that has no conversion here, pass <see cref="Values.Of{T}(ReadOnlySpan{T})"/>.</remarks>
[CollectionBuilder(typeof(MetricValue), nameof(Of))]
public readonly ref partial struct MetricValue
{
    internal readonly Values Values;

    private MetricValue(Values values) => Values = values;

    /// <summary>How many values it is.</summary>
    public int Count => Values.Count;

    /// <summary>Values written in the call.</summary>
    /// <param name="values">The values.</param>
    public static MetricValue Of(ReadOnlySpan<double> values) => new(Values.Of(values));

    /// <summary>Goes through the values as doubles: what makes a collection expression fit.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Values.Enumerator GetEnumerator() => Values.GetEnumerator();
}
