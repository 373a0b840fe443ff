using System.Globalization;

namespace Metrana.Native.Interop;

internal sealed partial class AttributeTree
{
    /// <summary>Why the value that is being written cannot be one.</summary>
    private ArgumentException Refusal(string why)
    {
        IEnumerable<string> steps = _path.Take(_depth).Select(
            step => step.Key ?? step.Index.ToString(CultureInfo.InvariantCulture));
        string path = string.Join('/', _root.Length == 0 ? steps : steps.Prepend(_root));
        return new ArgumentException($"invalid attribute '{path}': {why}");
    }

    private ArgumentException NoAttribute(object value) => Refusal(
        $"{Described(value)} cannot be an attribute. "
            + (IsPair(value.GetType())
                ? "Put the pairs into a dictionary with string keys."
                : "Attributes are texts, numbers, booleans, dates, enums and null, records and objects of such properties, and "
                    + "dictionaries, lists and sets of them. Convert it to text or to a number."));

    private static string Described(object value)
    {
        Type type = value.GetType();
        return type.Name.Contains("AnonymousType", StringComparison.Ordinal) ? "an anonymous object" : $"a value of type {type}";
    }

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
}
