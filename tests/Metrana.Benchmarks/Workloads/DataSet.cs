namespace Benchmarks.Workloads;

/// <summary>Values of one kind, as training writes them, always the same: what a point of it takes on disk is measured by its name.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Of">What it holds.</param>
/// <param name="Series">Its series: the metric, and what makes so many values of it.</param>
internal sealed record DataSet(string Name, string Of, IReadOnlyList<(string Metric, Func<int, double[]> Make)> Series)
{
    /// <summary>Doubles with no pattern in them: as far from the others as values can be.</summary>
    public const string Random = "random doubles";

    /// <summary>All of them; the mean goes over those before the last.</summary>
    public static IReadOnlyList<DataSet> All { get; } =
    [
        new(
            "schedules",
            "a learning rate with a warm-up and a cosine, and an exploration rate that falls in a line",
            [
                ("lr", count => Make(count, 1, (_, part) => 3e-4 * (part < 0.01 ? part / 0.01 : (1 + Math.Cos(Math.PI * (part - 0.01) / 0.99)) / 2))),
                ("epsilon", count => Make(count, 1, (_, part) => 1 - (0.95 * part))),
            ]),
        new(
            "float32-born loss",
            "a falling loss with 5 % of noise, computed as a float and logged as a double",
            [("loss", count => Make(count, 2, (noise, part) => (float)((0.1 + (2.4 * Math.Exp(-5 * part))) * (1 + (0.05 * noise.Next())))))]),
        new(
            "decimals",
            "an accuracy in per cent, rounded to two places",
            [("accuracy", count => Make(count, 3, (noise, part) => Math.Round(90 - (40 * Math.Exp(-5 * part)) + (2 * noise.Next()), 2)))]),
        new(
            "rewards",
            "one of -1, 0, 0.1 and 1, four times in five the second",
            [("reward", count => Make(count, 4, (noise, _) => noise.Random.Next(20) switch { 0 => -1, 1 => 1, 2 or 3 => 0.1, _ => 0 }))]),
        new(
            "returns",
            "rising returns of episodes, with a deviation of 15, in steps of 0.1",
            [("return", count => Make(count, 5, (noise, part) => Math.Round((200 * part) + (15 * noise.Next()), 1)))]),
        new(
            "lengths",
            "rising lengths of episodes, with a deviation of 40, from 1 to 500",
            [("length", count => Make(count, 6, (noise, part) => Math.Clamp(Math.Round(50 + (400 * part) + (40 * noise.Next())), 1, 500)))]),
        new(
            "counters",
            "frames, 2,048 more with each point, and episodes, none to three more",
            [("frames", count => Make(count, 7, (_, part) => 2048 * Math.Round(part * count))), ("episodes", Episodes)]),
        new(Random, "uniform between 0 and 1, every bit of the mantissa used", [("random", count => Columns.Doubles(count, 8))]),
    ];

    /// <summary>When each point was logged, in milliseconds since 1970: 10 to 14 ms after the one before.</summary>
    public static long[] Timestamps(int count)
    {
        Random random = new(9);
        long[] timestamps = new long[count];
        long now = 1_700_000_000_000;
        for (int i = 0; i < count; i++)
        {
            timestamps[i] = now;
            now += random.Next(10, 15);
        }

        return timestamps;
    }

    /// <summary>Values that depend on how far the training is, from 0 to 1, and on noise.</summary>
    private static double[] Make(int count, int seed, Func<Noise, double, double> value)
    {
        Noise noise = new(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = value(noise, (double)i / count);
        }

        return values;
    }

    private static double[] Episodes(int count)
    {
        double sum = 0;
        return Make(count, 7, (noise, _) => sum += noise.Random.Next(4));
    }
}
