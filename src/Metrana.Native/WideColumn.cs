namespace Metrana.Native;

/// <summary>Steps and episodes of 32 bits as those of 64 that cross.</summary>
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
}
