namespace Metrana.Mirrors;

/// <summary>How much of a queue attributes take, roughly.</summary>
internal static class AttributeBytes
{
    private const long BytesOfEntry = 64;

    public static long Of(IReadOnlyDictionary<string, object?> values)
    {
        long bytes = 0;
        foreach ((string path, object? value) in values)
        {
            bytes += BytesOfEntry + (sizeof(char) * (long)(path.Length + ((value as string)?.Length ?? 0)));
        }

        return bytes;
    }
}
