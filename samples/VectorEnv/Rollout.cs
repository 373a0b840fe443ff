namespace VectorEnv;

/// <summary>What many environments went through in a number of steps, step by step and environment by environment.</summary>
internal sealed class Rollout(int environments, int steps, int observation)
{
    private const float Discount = 0.99f;
    private const float Trace = 0.95f;

    public int Environments => environments;

    public int Steps => steps;

    public int Count => environments * steps;

    public float[] States { get; } = new float[environments * steps * observation];

    public int[] Actions { get; } = new int[environments * steps];

    public float[] LogProbabilities { get; } = new float[environments * steps];

    public float[] Values { get; } = new float[environments * steps];

    public float[] Rewards { get; } = new float[environments * steps];

    public bool[] Ended { get; } = new bool[environments * steps];

    /// <summary>How much better each action was than what was expected of its state.</summary>
    public float[] Advantages { get; } = new float[environments * steps];

    /// <summary>What each state turned out to be worth.</summary>
    public float[] Targets { get; } = new float[environments * steps];

    public ReadOnlySpan<float> State(int at) => States.AsSpan(at * observation, observation);

    /// <summary>Works out the advantages backwards in time, from what the states after the last step are worth.</summary>
    public void Evaluate(ReadOnlySpan<float> lastValues)
    {
        for (var i = 0; i < environments; i++)
        {
            var (advantage, next) = (0f, lastValues[i]);
            for (var t = steps - 1; t >= 0; t--)
            {
                var at = (t * environments) + i;
                var going = Ended[at] ? 0f : 1f;
                var surprise = Rewards[at] + (Discount * next * going) - Values[at];
                advantage = surprise + (Discount * Trace * going * advantage);
                Advantages[at] = advantage;
                Targets[at] = advantage + Values[at];
                next = Values[at];
            }
        }
    }
}
