namespace Metrana.Native;

/// <summary>Steps, episodes and moments as the whole numbers of 64 bits that cross.</summary>
internal static class WideColumn
{
    public static long[] Of(ReadOnlySpan<int> values)
    {
        long[] wide = new long[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }

    public static long[] Of(ReadOnlySpan<DateTimeOffset> moments)
    {
        long[] millis = new long[moments.Length];
        for (int i = 0; i < millis.Length; i++)
        {
            millis[i] = moments[i].ToUnixTimeMilliseconds();
        }

        return millis;
    }
}
