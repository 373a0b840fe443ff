namespace VectorEnv;

/// <summary>
/// A network with one hidden layer and two heads: how much each action is preferred, and what a state is worth. It learns by
/// gradient steps with Adam.
/// </summary>
internal sealed class Network
{
    private const float Momentum = 0.9f;
    private const float Decay = 0.999f;

    private readonly int _inputs;
    private readonly int _hidden;
    private readonly int _outputs;
    private readonly float[] _weights;
    private readonly float[] _gradient;
    private readonly float[] _mean;
    private readonly float[] _variance;
    private int _steps;

    /// <param name="inputs">How many numbers describe a state.</param>
    /// <param name="hidden">How many units are between.</param>
    /// <param name="actions">How many actions there are.</param>
    /// <param name="random">Where the first weights come from.</param>
    public Network(int inputs, int hidden, int actions, Random random)
    {
        (_inputs, _hidden, _outputs) = (inputs, hidden, actions + 1);
        _weights = new float[(hidden * (inputs + 1)) + (_outputs * (hidden + 1))];
        (_gradient, _mean, _variance) = (new float[_weights.Length], new float[_weights.Length], new float[_weights.Length]);
        var spread = Math.Sqrt(1.0 / inputs);
        for (var i = 0; i < hidden * (inputs + 1); i++)
        {
            _weights[i] = (float)(((random.NextDouble() * 2) - 1) * spread);
        }
    }

    /// <summary>The preferences and, behind them, the worth of a state. What the hidden units said is kept for the gradient.</summary>
    public void Forward(ReadOnlySpan<float> state, Span<float> hidden, Span<float> outputs)
    {
        var at = 0;
        for (var unit = 0; unit < _hidden; unit++)
        {
            var sum = _weights[at + _inputs];
            for (var i = 0; i < _inputs; i++)
            {
                sum += _weights[at + i] * state[i];
            }

            hidden[unit] = MathF.Tanh(sum);
            at += _inputs + 1;
        }

        for (var output = 0; output < _outputs; output++)
        {
            var sum = _weights[at + _hidden];
            for (var unit = 0; unit < _hidden; unit++)
            {
                sum += _weights[at + unit] * hidden[unit];
            }

            outputs[output] = sum;
            at += _hidden + 1;
        }
    }

    /// <summary>Adds to the gradient what one state says, given how the loss changes with each output.</summary>
    public void Backward(ReadOnlySpan<float> state, ReadOnlySpan<float> hidden, ReadOnlySpan<float> slopes)
    {
        Span<float> back = stackalloc float[_hidden];
        back.Clear();
        var heads = _hidden * (_inputs + 1);
        for (var output = 0; output < _outputs; output++)
        {
            var at = heads + (output * (_hidden + 1));
            for (var unit = 0; unit < _hidden; unit++)
            {
                _gradient[at + unit] += slopes[output] * hidden[unit];
                back[unit] += slopes[output] * _weights[at + unit];
            }

            _gradient[at + _hidden] += slopes[output];
        }

        for (var unit = 0; unit < _hidden; unit++)
        {
            var slope = back[unit] * (1 - (hidden[unit] * hidden[unit]));
            var at = unit * (_inputs + 1);
            for (var i = 0; i < _inputs; i++)
            {
                _gradient[at + i] += slope * state[i];
            }

            _gradient[at + _inputs] += slope;
        }
    }

    /// <summary>Moves the weights along the gradient of so many states, forgets the gradient, and says how long it was.</summary>
    public float Move(float rate, int states)
    {
        _steps++;
        var (first, second) = (1 - MathF.Pow(Momentum, _steps), 1 - MathF.Pow(Decay, _steps));
        var length = 0f;
        for (var i = 0; i < _weights.Length; i++)
        {
            var slope = _gradient[i] / states;
            length += slope * slope;
            _mean[i] = (Momentum * _mean[i]) + ((1 - Momentum) * slope);
            _variance[i] = (Decay * _variance[i]) + ((1 - Decay) * slope * slope);
            _weights[i] -= rate * (_mean[i] / first) / (MathF.Sqrt(_variance[i] / second) + 1e-5f);
            _gradient[i] = 0;
        }

        return MathF.Sqrt(length);
    }
}
