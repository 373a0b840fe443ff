namespace Telemetry;

/// <summary>Slot machines with unknown payouts, and a policy that learns which one pays best.</summary>
internal sealed class Bandit
{
    private readonly Random _random;
    private readonly double[] _payouts;
    private readonly double[] _preferences;
    private double _baseline;

    public Bandit(int arms, int seed)
    {
        _random = new Random(seed);
        _payouts = [.. Enumerable.Range(0, arms).Select(_ => _random.NextDouble())];
        _preferences = new double[arms];
    }

    /// <summary>How undecided the policy is.</summary>
    public double Entropy => -Policy().Sum(p => p == 0 ? 0 : p * Math.Log(p));

    /// <summary>How often it pulls the arm that pays best.</summary>
    public double BestProbability => Policy()[Array.IndexOf(_payouts, _payouts.Max())];

    /// <summary>Pulls arms by the policy, and moves it towards what paid.</summary>
    public (double[] Rewards, double Norm) Learn(int pulls, double rate)
    {
        var rewards = new double[pulls];
        var gradient = new double[_preferences.Length];
        var policy = Policy();
        for (var pull = 0; pull < pulls; pull++)
        {
            var arm = Draw(policy);
            rewards[pull] = Pull(arm);
            for (var i = 0; i < gradient.Length; i++)
            {
                gradient[i] += (rewards[pull] - _baseline) * ((i == arm ? 1 : 0) - policy[i]);
            }
        }

        _baseline += 0.1 * (rewards.Average() - _baseline);
        for (var i = 0; i < gradient.Length; i++)
        {
            _preferences[i] += rate * gradient[i];
        }

        return (rewards, Math.Sqrt(gradient.Sum(g => g * g)));
    }

    /// <summary>Pulls the arm that the policy likes best.</summary>
    public double[] Evaluate(int pulls)
    {
        var best = Array.IndexOf(_preferences, _preferences.Max());
        return [.. Enumerable.Range(0, pulls).Select(_ => Pull(best))];
    }

    private double Pull(int arm) => _payouts[arm] + (0.1 * (_random.NextDouble() - 0.5));

    private double[] Policy()
    {
        var greatest = _preferences.Max();
        double[] weights = [.. _preferences.Select(preference => Math.Exp(preference - greatest))];
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    private int Draw(double[] policy)
    {
        var left = _random.NextDouble();
        for (var arm = 0; arm < policy.Length - 1; arm++)
        {
            left -= policy[arm];
            if (left < 0)
            {
                return arm;
            }
        }

        return policy.Length - 1;
    }
}
