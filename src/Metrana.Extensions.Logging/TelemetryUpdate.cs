namespace Metrana.Extensions.Logging;

/// <summary>
/// The metrics that an algorithm logs once per update. All algorithms log the same keys, so that one dashboard can show all of them;
/// a key that does not apply to an algorithm has the value NaN.
/// </summary>
public abstract record TelemetryUpdate
{
    private protected TelemetryUpdate()
    {
    }

    /// <summary>The number of environment steps in training so far; the step of the metrics.</summary>
    public long? Timesteps { get; init; }

    /// <summary>The version of the policy: the step of the metrics if <see cref="Timesteps"/> is not set, otherwise a metric.</summary>
    public long? PolicyVersion { get; init; }

    /// <summary>Additional numbers that are specific to an algorithm, by key.</summary>
    public IReadOnlyDictionary<string, double>? More { get; init; }

    /// <summary>The text of the event.</summary>
    internal abstract string Message { get; }

    /// <summary>The category of the event, and the keys that it has in every algorithm.</summary>
    internal abstract TelemetrySchema Schema { get; }

    /// <summary>The values of the schema's keys, in its order.</summary>
    private protected abstract object?[] Values { get; }

    /// <summary>The event as logging takes it.</summary>
    internal TelemetryState ToState()
    {
        List<KeyValuePair<string, object?>> fields = [KeyValuePair.Create<string, object?>("category", Schema.Category)];
        if (Timesteps is { } timesteps)
        {
            fields.Add(KeyValuePair.Create<string, object?>("timesteps", timesteps));
        }

        if (PolicyVersion is { } version && !Schema.Keys.Contains("policy_version"))
        {
            fields.Add(KeyValuePair.Create<string, object?>("policy_version", version));
        }

        fields.AddRange(Schema.Keys.Zip(Values, static (key, value) => KeyValuePair.Create(key, value)));
        fields.AddRange(More?.Select(static pair => KeyValuePair.Create(pair.Key, (object?)pair.Value)) ?? []);
        return new TelemetryState(Message, [.. fields]);
    }
}
