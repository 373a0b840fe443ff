namespace Classifier;

/// <summary>A network with one hidden layer that says which class a point belongs to. It learns by gradient steps with momentum.</summary>
internal sealed class Model
{
    private const int Inputs = 3; // two coordinates, and a 1 for the bias
    private const float Momentum = 0.9f;

    private readonly int _hidden;
    private readonly float[] _first;
    private readonly float[] _second;
    private readonly float[] _firstSpeed;
    private readonly float[] _secondSpeed;
    private readonly float[] _units;

    public Model(int hidden, int seed)
    {
        var random = new Random(seed);
        _hidden = hidden;
        _units = new float[hidden];
        (_first, _firstSpeed) = (new float[hidden * Inputs], new float[hidden * Inputs]);
        (_second, _secondSpeed) = (new float[Spirals.Classes * hidden], new float[Spirals.Classes * hidden]);
        for (var i = 0; i < _first.Length; i++)
        {
            _first[i] = (float)((random.NextDouble() - 0.5) * 6);
        }

        for (var i = 0; i < _second.Length; i++)
        {
            _second[i] = (float)((random.NextDouble() - 0.5) / MathF.Sqrt(hidden));
        }
    }

    /// <summary>The weights between the hidden units and the classes.</summary>
    public ReadOnlySpan<float> Weights => _second;

    /// <summary>Learns from some of the points.</summary>
    /// <returns>The mean loss and the share of them that it knew before.</returns>
    public (float Loss, float Accuracy) Learn(Spirals data, ReadOnlySpan<int> batch, float rate)
    {
        var (firstSlopes, secondSlopes) = (new float[_first.Length], new float[_second.Length]);
        Span<float> chances = stackalloc float[Spirals.Classes];
        var (loss, known) = (0f, 0);
        foreach (var i in batch)
        {
            loss += Predict(data.X[i], data.Y[i], data.Class[i], chances, out var best);
            known += best == data.Class[i] ? 1 : 0;
            for (var unit = 0; unit < _hidden; unit++)
            {
                var back = 0f;
                for (var c = 0; c < Spirals.Classes; c++)
                {
                    var slope = chances[c] - (c == data.Class[i] ? 1 : 0);
                    secondSlopes[(c * _hidden) + unit] += slope * _units[unit];
                    back += slope * _second[(c * _hidden) + unit];
                }

                back *= 1 - (_units[unit] * _units[unit]);
                firstSlopes[unit * Inputs] += back * data.X[i];
                firstSlopes[(unit * Inputs) + 1] += back * data.Y[i];
                firstSlopes[(unit * Inputs) + 2] += back;
            }
        }

        Move(_first, _firstSpeed, firstSlopes, rate / batch.Length);
        Move(_second, _secondSpeed, secondSlopes, rate / batch.Length);
        return (loss / batch.Length, (float)known / batch.Length);
    }

    /// <summary>How well it knows points.</summary>
    public (float Loss, float Accuracy) Evaluate(Spirals data)
    {
        Span<float> chances = stackalloc float[Spirals.Classes];
        var (loss, known) = (0f, 0);
        for (var i = 0; i < data.Count; i++)
        {
            loss += Predict(data.X[i], data.Y[i], data.Class[i], chances, out var best);
            known += best == data.Class[i] ? 1 : 0;
        }

        return (loss / data.Count, (float)known / data.Count);
    }

    private static void Move(float[] weights, float[] speeds, float[] slopes, float rate)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            speeds[i] = (Momentum * speeds[i]) - (rate * slopes[i]);
            weights[i] += speeds[i];
        }
    }

    private float Predict(float x, float y, int wanted, Span<float> chances, out int best)
    {
        for (var unit = 0; unit < _hidden; unit++)
        {
            _units[unit] = MathF.Tanh((_first[unit * Inputs] * x) + (_first[(unit * Inputs) + 1] * y) + _first[(unit * Inputs) + 2]);
        }

        best = 0;
        for (var c = 0; c < Spirals.Classes; c++)
        {
            chances[c] = 0;
            for (var unit = 0; unit < _hidden; unit++)
            {
                chances[c] += _second[(c * _hidden) + unit] * _units[unit];
            }

            best = chances[c] > chances[best] ? c : best;
        }

        var (highest, sum) = (chances[best], 0f);
        foreach (ref var chance in chances)
        {
            chance = MathF.Exp(chance - highest);
            sum += chance;
        }

        foreach (ref var chance in chances)
        {
            chance /= sum;
        }

        return -MathF.Log(MathF.Max(chances[wanted], 1e-9f));
    }
}
