namespace Metrana.Server.Http;

/// <summary>A part of a long list, as the server answers it.</summary>
internal interface IPage
{
    /// <summary>How long the whole list is.</summary>
    long Total { get; }

    /// <summary>The place of the first one here in the list.</summary>
    long Offset { get; }

    /// <summary>How many are here.</summary>
    int Count { get; }
}

internal static class Page
{
    /// <summary>Reads everything that a list holds when its first page is read; what comes to it meanwhile is left for the next time.</summary>
    /// <param name="read">Asks for the page at an offset, of a limited size.</param>
    /// <param name="size">The limit.</param>
    public static async Task<List<T>> ReadAllAsync<T>(Func<long, int, Task<T>> read, int size)
        where T : IPage
    {
        var first = await read(0, size).ConfigureAwait(false);
        List<T> pages = [first];
        for (long have = first.Count; have < first.Total;)
        {
            var page = await read(have, (int)Math.Min(size, first.Total - have)).ConfigureAwait(false);
            if (page.Count == 0)
            {
                throw new LocalServerException($"The server holds {first.Total} in a list and gave only the first {have}.");
            }

            have += page.Count;
            pages.Add(page);
        }

        return pages;
    }

    /// <summary>Takes a page only when it is the one that was asked for.</summary>
    public static T Checked<T>(this T page, long offset, int limit)
        where T : IPage
    {
        long count = page.Count;
        if (page.Offset == offset && page.Count <= limit && (count == 0 || (page.Total >= count && page.Total - count >= offset)))
        {
            return page;
        }

        throw new LocalServerException(
            $"The server was asked for at most {limit} from {offset} on, and answered {page.Count} of {page.Total} from {page.Offset} on.");
    }

    /// <summary>One column of several pages.</summary>
    public static IReadOnlyList<TValue> Column<TPage, TValue>(this List<TPage> pages, Func<TPage, IReadOnlyList<TValue>> column) =>
        pages.Count == 1 ? column(pages[0]) : [.. pages.SelectMany(column)];
}
