using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using Metrana.Native;

namespace Metrana;

/// <summary>Reads metrics from a dictionary or from the properties of an object. Trimming keeps the properties, because the type is known where the call stands.</summary>
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

        if (metrics is IEnumerable<KeyValuePair<string, double>> doubles)
        {
            return [.. doubles.Select(pair => (pair.Key, pair.Value))];
        }

        List<(string, double)> all = [];
        if (metrics is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach ((string name, object? value) in pairs)
            {
                Add(name, value);
            }

            return [.. all];
        }

        if (metrics is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                Add(Name(entry.Key), entry.Value);
            }

            return [.. all];
        }

        PropertyInfo[] properties = Cache<T>.Properties;
        if (properties.Length == 0)
        {
            throw new ArgumentException(
                $"{typeof(T).Name} has no properties to log. Pass an anonymous object, a record, or a dictionary with names and numbers.", nameof(metrics));
        }

        foreach (PropertyInfo property in properties)
        {
            Add(property.Name, Value(property, metrics));
        }

        return [.. all];

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                all.Add((name, ToDouble(name, value)));
            }
        }
    }

    private static string Name(object key) => key as string
        ?? throw new ArgumentException($"The name of a metric is a string, and '{key}' is a {key.GetType().Name}.");

    private static object? Value(PropertyInfo property, object metrics)
    {
        try
        {
            return property.GetValue(metrics);
        }
        catch (TargetInvocationException e)
        {
            throw new ArgumentException($"'{property.Name}' cannot be read: {e.InnerException!.Message}", e.InnerException);
        }
    }

    private static double ToDouble(string name, object value) => value switch
    {
        double number => number,
        float number => number,
        int number => number,
        bool truth => truth ? 1 : 0,
        Half number => (double)number,
        byte or sbyte or short or ushort or uint => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        long number => Exact.ToDouble(number, name, -1),
        ulong number => Exact.ToDouble(number, name, -1),
        nint number => Exact.ToDouble(number, name, -1),
        nuint number => Exact.ToDouble(number, name, -1),
        decimal number => Exact.ToDouble(number, name, -1),
        Int128 number => Exact.ToDouble(number, name, -1),
        UInt128 number => Exact.ToDouble(number, name, -1),
        BigInteger number => Exact.ToDouble(number, name, -1),
        _ => throw new ArgumentException($"'{name}' is a {value.GetType().Name}, which is not a number and cannot be a metric."),
    };

    private static class Cache<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>
        where T : class
    {
        public static readonly PropertyInfo[] Properties =
            [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanRead && property.GetIndexParameters().Length == 0)];
    }
}
