namespace VectorEnv;

/// <summary>
/// Many carts that each balance a pole. A cart is pushed left or right in each step; the pole must not fall, and the cart must
/// not leave the track. One that ends begins anew at once, so that all of them always step together.
/// </summary>
internal sealed class CartPoles
{
    /// <summary>How many numbers describe a cart: position, speed, angle, and speed of the angle.</summary>
    public const int Observation = 4;

    /// <summary>Left and right.</summary>
    public const int Actions = 2;

    private const int LongestEpisode = 500;
    private const double Gravity = 9.8;
    private const double MassOfPole = 0.1;
    private const double Mass = 1.1;
    private const double HalfLength = 0.5;
    private const double Force = 10;
    private const double Duration = 0.02;
    private const double TrackEnd = 2.4;
    private const double FallenAngle = 12 * Math.PI / 180;

    private readonly Random _random;
    private readonly int[] _steps;

    public CartPoles(int count, int seed)
    {
        _random = new Random(seed);
        _steps = new int[count];
        States = new float[count * Observation];
        Rewards = new float[count];
        Terminated = new bool[count];
        Truncated = new bool[count];
        for (var i = 0; i < count; i++)
        {
            Reset(i);
        }
    }

    /// <summary>How many carts there are.</summary>
    public int Count => _steps.Length;

    /// <summary>What each cart observes, one behind the other.</summary>
    public float[] States { get; }

    /// <summary>What the last step was worth to each cart.</summary>
    public float[] Rewards { get; }

    /// <summary>Which carts failed in the last step.</summary>
    public bool[] Terminated { get; }

    /// <summary>Which carts balanced for so long that their episode was ended.</summary>
    public bool[] Truncated { get; }

    /// <summary>Pushes every cart.</summary>
    public void Step(ReadOnlySpan<int> actions)
    {
        for (var i = 0; i < Count; i++)
        {
            var failed = Push(States.AsSpan(i * Observation, Observation), actions[i] == 1 ? Force : -Force);
            _steps[i]++;
            Rewards[i] = 1;
            Terminated[i] = failed;
            Truncated[i] = !failed && _steps[i] == LongestEpisode;
            if (Terminated[i] || Truncated[i])
            {
                Reset(i);
            }
        }
    }

    private static bool Push(Span<float> state, double force)
    {
        var (position, speed, angle, turn) = (state[0], state[1], state[2], state[3]);
        var (sin, cos) = Math.SinCos(angle);
        var push = (force + (MassOfPole * HalfLength * turn * turn * sin)) / Mass;
        var turning = ((Gravity * sin) - (cos * push)) / (HalfLength * ((4.0 / 3) - (MassOfPole * cos * cos / Mass)));
        var acceleration = push - (MassOfPole * HalfLength * turning * cos / Mass);
        state[0] = (float)(position + (Duration * speed));
        state[1] = (float)(speed + (Duration * acceleration));
        state[2] = (float)(angle + (Duration * turn));
        state[3] = (float)(turn + (Duration * turning));
        return Math.Abs(state[0]) > TrackEnd || Math.Abs(state[2]) > FallenAngle;
    }

    private void Reset(int cart)
    {
        _steps[cart] = 0;
        for (var i = 0; i < Observation; i++)
        {
            States[(cart * Observation) + i] = (float)((_random.NextDouble() * 0.1) - 0.05);
        }
    }
}
