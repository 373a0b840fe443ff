namespace QLearning;

/// <summary>What an episode was like.</summary>
/// <param name="Return">The sum of its rewards.</param>
/// <param name="TdErrors">For each step, how far the estimate was from what the step showed.</param>
internal sealed record Episode(double Return, double[] TdErrors);

/// <summary>Learns by a table what each action in each state is worth: Q-learning, with less and less exploring.</summary>
internal sealed class Agent(int seed)
{
    private const double LearningRate = 0.5;
    private const double Discount = 1.0;
    private const int LongestEpisode = 1000;

    private readonly double[,] _worth = new double[GridWorld.States, GridWorld.Actions];
    private readonly Random _random = new(seed);

    /// <summary>How often an action is chosen at random.</summary>
    public double Epsilon { get; private set; } = 0.5;

    /// <summary>Plays an episode and learns from each of its steps.</summary>
    public Episode Play(GridWorld world)
    {
        var sum = 0.0;
        var errors = new List<double>();
        world.Reset();
        while (!world.Done && errors.Count < LongestEpisode)
        {
            var (state, action) = (world.State, Choose(world.State));
            var reward = world.Move(action);
            var future = world.Done ? 0 : _worth[world.State, Best(world.State)];
            var error = reward + (Discount * future) - _worth[state, action];

            _worth[state, action] += LearningRate * error;
            errors.Add(error);
            sum += reward;
        }

        Epsilon *= 0.985;
        return new Episode(sum, [.. errors]);
    }

    private int Choose(int state) => _random.NextDouble() < Epsilon ? _random.Next(GridWorld.Actions) : Best(state);

    private int Best(int state) => Enumerable.Range(0, GridWorld.Actions).MaxBy(action => _worth[state, action]);
}
