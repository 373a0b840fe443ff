using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Metrana;

/// <summary>Reads metrics from the properties of an object. Trimming keeps the properties, because the type is known where the call stands.</summary>
internal static class MetricObject
{
    public static (string Metric, double Value)[] Read<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(T metrics)
        where T : class
    {
        if (metrics is string text)
        {
            throw new ArgumentException($"The metric '{text}' came without a value: run.Log(\"{text}\", value).", nameof(metrics));
        }

        PropertyInfo[] properties = Cache<T>.Properties;
        if (properties.Length == 0)
        {
            throw new ArgumentException(
                $"{typeof(T).Name} has no properties to log. Pass an anonymous object, a record, or a dictionary of string to double.", nameof(metrics));
        }

        List<(string, double)> all = new(properties.Length);
        foreach (PropertyInfo property in properties)
        {
            if (property.GetValue(metrics) is { } value)
            {
                all.Add((property.Name, ToDouble(property.Name, value)));
            }
        }

        return [.. all];
    }

    private static double ToDouble(string name, object value) => value switch
    {
        double number => number,
        float number => number,
        int number => number,
        long number => Native.Exact.ToDouble(number),
        bool truth => truth ? 1 : 0,
        Half number => (double)number,
        decimal number => (double)number,
        ulong number => Native.Exact.ToDouble(number),
        byte or sbyte or short or ushort or uint => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"'{name}' is a {value.GetType().Name}, which is not a number and cannot be a metric."),
    };

    private static class Cache<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>
        where T : class
    {
        public static readonly PropertyInfo[] Properties =
            [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanRead && property.GetIndexParameters().Length == 0)];
    }
}
