using System.Text.Json;

namespace Metrana.Server.Http;

/// <summary>What a reader expects of an answer beyond the types of its parts.</summary>
internal static class Expect
{
    public static void That(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new JsonException(otherwise);
        }
    }

    public static void NoNull(params ReadOnlySpan<object?> parts)
    {
        foreach (var part in parts)
        {
            That(part is not null, "A required part is null.");
        }
    }

    public static void NoNullIn<T>(IEnumerable<T>? parts)
        where T : class
    {
        NoNull(parts);
        foreach (var part in parts!)
        {
            NoNull(part);
        }
    }

    /// <summary>Ids, steps, episodes and lengths, which count from 0.</summary>
    public static void NotNegative(params ReadOnlySpan<long?> numbers)
    {
        foreach (var number in numbers)
        {
            That(number is not < 0, "A number that counts from 0 is negative.");
        }
    }

    public static void NoneNegative(IReadOnlyList<long> numbers)
    {
        foreach (var number in numbers)
        {
            NotNegative(number);
        }
    }

    /// <summary>Columns of one length.</summary>
    public static void Columns(params ReadOnlySpan<int?> lengths)
    {
        foreach (var length in lengths)
        {
            That(length is not null && length == lengths[0], "The columns differ in length.");
        }
    }
}
