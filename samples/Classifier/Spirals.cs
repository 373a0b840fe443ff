namespace Classifier;

/// <summary>Points on three spirals that wind around each other. Which spiral a point lies on is what there is to learn.</summary>
internal sealed class Spirals
{
    public const int Classes = 3;

    public Spirals(int count, int seed)
    {
        var random = new Random(seed);
        (X, Y, Class) = (new float[count], new float[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            var spiral = i % Classes;
            var along = random.NextDouble();
            var angle = (along * 4) + (spiral * 2 * Math.PI / Classes) + ((random.NextDouble() - 0.5) * 0.35);
            (X[i], Y[i], Class[i]) = ((float)(along * Math.Sin(angle)), (float)(along * Math.Cos(angle)), spiral);
        }
    }

    public int Count => Class.Length;

    public float[] X { get; }

    public float[] Y { get; }

    public int[] Class { get; }
}
