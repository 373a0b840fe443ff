namespace Benchmarks.Workloads;

/// <summary>Values to log. No two of them are alike, so that nothing on the way can make them smaller.</summary>
internal static class Columns
{
    public static double[] Doubles(int count, int seed)
    {
        Random random = new(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextDouble();
        }

        return values;
    }

    public static float[] Floats(int count, int seed) => Array.ConvertAll(Doubles(count, seed), value => (float)value);
}
