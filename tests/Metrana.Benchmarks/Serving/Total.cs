namespace Benchmarks.Serving;

/// <summary>What the points of a series come to: how many they are, their sum, and the sum of what each is without its sign.</summary>
internal readonly record struct Total(long Count, double Sum, double Magnitude)
{
    public static Total operator +(Total left, Total right) =>
        new(left.Count + right.Count, left.Sum + right.Sum, left.Magnitude + right.Magnitude);

    public static Total operator *(Total left, long times) => new(left.Count * times, left.Sum * times, left.Magnitude * times);

    public static Total Of(ReadOnlySpan<double> values)
    {
        double sum = 0, magnitude = 0;
        foreach (double value in values)
        {
            sum += value;
            magnitude += Math.Abs(value);
        }

        return new Total(values.Length, sum, magnitude);
    }
}
