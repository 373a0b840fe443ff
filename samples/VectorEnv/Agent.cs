namespace VectorEnv;

/// <summary>What one update of the agent was like.</summary>
/// <param name="PolicyLoss">The loss of the policy.</param>
/// <param name="ValueLoss">How far the worth of states was from what it turned out to be, squared.</param>
/// <param name="Entropy">How undecided the policy is.</param>
/// <param name="GradientNorm">How long the gradient was.</param>
internal sealed record Update(double PolicyLoss, double ValueLoss, double Entropy, double GradientNorm);

/// <summary>Learns a policy by its gradient, in small steps that do not leave the policy that collected the data far behind (PPO).</summary>
internal sealed class Agent
{
    private const int Hidden = 32;
    private const int Epochs = 4;
    private const int Batch = 256;
    private const float Rate = 0.005f;
    private const float Clip = 0.2f;
    private const float ValueWeight = 0.5f;
    private const float EntropyWeight = 0.01f;
    private const int Outputs = CartPoles.Actions + 1;

    private readonly Random _random;
    private readonly Network _network;
    private readonly float[] _hidden = new float[Hidden];
    private readonly float[] _outputs = new float[Outputs];

    public Agent(int seed)
    {
        _random = new Random(seed);
        _network = new Network(CartPoles.Observation, Hidden, CartPoles.Actions, _random);
    }

    /// <summary>Chooses an action for each environment and says how undecided the policy was, environment by environment.</summary>
    public void Act(Rollout rollout, int step, ReadOnlySpan<float> states, Span<int> actions, Span<float> entropies)
    {
        states.CopyTo(rollout.States.AsSpan(step * states.Length));
        Span<float> chances = stackalloc float[CartPoles.Actions];
        for (var i = 0; i < rollout.Environments; i++)
        {
            var at = (step * rollout.Environments) + i;
            _network.Forward(rollout.State(at), _hidden, _outputs);
            entropies[i] = Softmax(_outputs, chances);
            actions[i] = _random.NextDouble() < chances[0] ? 0 : 1;
            rollout.Actions[at] = actions[i];
            rollout.LogProbabilities[at] = MathF.Log(chances[actions[i]]);
            rollout.Values[at] = _outputs[CartPoles.Actions];
        }
    }

    /// <summary>Learns from what was collected.</summary>
    /// <param name="rollout">What was collected.</param>
    /// <param name="lastStates">The states after its last step.</param>
    public Update Learn(Rollout rollout, ReadOnlySpan<float> lastStates)
    {
        var lastValues = new float[rollout.Environments];
        for (var i = 0; i < lastValues.Length; i++)
        {
            _network.Forward(lastStates.Slice(i * CartPoles.Observation, CartPoles.Observation), _hidden, _outputs);
            lastValues[i] = _outputs[CartPoles.Actions];
        }

        rollout.Evaluate(lastValues);
        var mean = rollout.Advantages.Average();
        var spread = MathF.Sqrt(rollout.Advantages.Average(advantage => (advantage - mean) * (advantage - mean))) + 1e-6f;
        var order = Enumerable.Range(0, rollout.Count).ToArray();
        var (policy, value, entropy, norm, batches) = (0.0, 0.0, 0.0, 0.0, 0);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            _random.Shuffle(order);
            foreach (var batch in order.Chunk(Batch))
            {
                foreach (var at in batch)
                {
                    Learn(rollout, at, (rollout.Advantages[at] - mean) / spread, ref policy, ref value, ref entropy);
                }

                norm += _network.Move(Rate, batch.Length);
                batches++;
            }
        }

        var seen = (double)rollout.Count * Epochs;
        return new Update(policy / seen, value / seen, entropy / seen, norm / batches);
    }

    private void Learn(Rollout rollout, int at, float advantage, ref double policy, ref double value, ref double entropy)
    {
        Span<float> chances = stackalloc float[CartPoles.Actions];
        Span<float> slopes = stackalloc float[Outputs];
        _network.Forward(rollout.State(at), _hidden, _outputs);
        var undecided = Softmax(_outputs, chances);
        var action = rollout.Actions[at];
        var ratio = chances[action] / MathF.Exp(rollout.LogProbabilities[at]);

        // Beyond the clip the action has moved far enough in its direction already.
        var moves = advantage >= 0 ? ratio < 1 + Clip : ratio > 1 - Clip;
        for (var i = 0; i < CartPoles.Actions; i++)
        {
            var towards = (i == action ? 1 : 0) - chances[i];
            slopes[i] = (moves ? -advantage * ratio * towards : 0) + (EntropyWeight * chances[i] * (MathF.Log(chances[i]) + undecided));
        }

        var error = _outputs[CartPoles.Actions] - rollout.Targets[at];
        slopes[CartPoles.Actions] = 2 * ValueWeight * error / 100;
        _network.Backward(rollout.State(at), _hidden, slopes);

        policy -= Math.Min(ratio * advantage, Math.Clamp(ratio, 1 - Clip, 1 + Clip) * advantage);
        value += error * error;
        entropy += undecided;
    }

    /// <summary>The chances of the actions by their preferences. Returns their entropy.</summary>
    private static float Softmax(ReadOnlySpan<float> preferences, Span<float> chances)
    {
        var highest = preferences[0];
        for (var i = 1; i < chances.Length; i++)
        {
            highest = MathF.Max(highest, preferences[i]);
        }

        var sum = 0f;
        for (var i = 0; i < chances.Length; i++)
        {
            chances[i] = MathF.Exp(preferences[i] - highest);
            sum += chances[i];
        }

        var entropy = 0f;
        for (var i = 0; i < chances.Length; i++)
        {
            chances[i] = MathF.Max(chances[i] / sum, 1e-6f);
            entropy -= chances[i] * MathF.Log(chances[i]);
        }

        return entropy;
    }
}
