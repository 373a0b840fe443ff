namespace Benchmarks.Workloads;

/// <summary>Numbers around zero as measurements have them: the same ones for the same seed.</summary>
internal sealed class Noise(int seed)
{
    public Random Random { get; } = new(seed);

    /// <summary>The next one, with a deviation of 1 (Box and Muller).</summary>
    public double Next() => Math.Sqrt(-2 * Math.Log(1 - Random.NextDouble())) * Math.Cos(2 * Math.PI * Random.NextDouble());
}
