namespace Metrana.MLflow.Writing;

/// <summary>Cuts lists into what one request may hold.</summary>
internal static class Batches
{
    public const int Metrics = 1000;
    public const int Facts = 100;

    /// <summary>Below the server's million, with room for what is around the list.</summary>
    private const int Bytes = 900_000;

    /// <param name="all">The list.</param>
    /// <param name="most">How many entries a request may hold.</param>
    /// <param name="size">How many characters an entry has. Each may be written as six, such as \u00e4.</param>
    public static IEnumerable<ArraySegment<T>> Of<T>(T[] all, int most, Func<T, int> size)
    {
        const int Around = 100;
        int start = 0;
        long bytes = 0;
        for (int i = 0; i < all.Length; i++)
        {
            long next = (6L * size(all[i])) + Around;
            if (i > start && (i - start == most || bytes + next > Bytes))
            {
                yield return new ArraySegment<T>(all, start, i - start);
                (start, bytes) = (i, 0);
            }

            bytes += next;
        }

        if (start < all.Length)
        {
            yield return new ArraySegment<T>(all, start, all.Length - start);
        }
    }
}
