namespace Metrana.Extensions.Logging;

/// <summary>The metrics of optimization, logged in each update.</summary>
public sealed record TrainerUpdate : TelemetryUpdate
{
    /// <summary>The loss of the policy.</summary>
    public double ActorLoss { get; init; } = double.NaN;

    /// <summary>The loss of the value function.</summary>
    public double CriticLoss { get; init; } = double.NaN;

    /// <summary>The entropy of the policy.</summary>
    public double Entropy { get; init; } = double.NaN;

    /// <summary>How far the policy moved, roughly.</summary>
    public double ApproxKl { get; init; } = double.NaN;

    /// <summary>The norm of the gradient over all parameters.</summary>
    public double GlobalGradNorm { get; init; } = double.NaN;

    /// <summary>The learning rate.</summary>
    public double LearningRate { get; init; } = double.NaN;

    internal override string Message => "train";

    internal override TelemetrySchema Schema => TelemetrySchema.Trainer;

    private protected override object?[] Values => [ActorLoss, CriticLoss, Entropy, ApproxKl, GlobalGradNorm, LearningRate];
}
