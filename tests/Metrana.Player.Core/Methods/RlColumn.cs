namespace Metrana.Player.Methods;

/// <summary>How an argument spreads over a grid of values.</summary>
internal enum RlSpread
{
    /// <summary>It is left out.</summary>
    None,

    /// <summary>One for all.</summary>
    Uniform,

    /// <summary>One for each environment.</summary>
    PerEnvironment,

    /// <summary>One for each value.</summary>
    Grid,
}

/// <summary>An argument of a reinforcement-learning call.</summary>
/// <param name="Spread">How it spreads.</param>
/// <param name="Values">What it is.</param>
internal sealed record RlColumn(RlSpread Spread, long[] Values)
{
    public static RlColumn None { get; } = new(RlSpread.None, []);

    /// <summary>The same for all.</summary>
    public static RlColumn Uniform(long value) => new(RlSpread.Uniform, [value]);
}
