namespace Metrana.Native;

/// <summary>
/// The unit that the steps of a series count: gradient updates, episodes, or any named unit. Strings convert implicitly;
/// a <see cref="Scale"/> that is created once and kept saves the conversion to UTF-8 in each call.
/// </summary>
public readonly struct Scale : IEquatable<Scale>
{
    private readonly string? _name;
    private readonly byte[]? _utf8;

    /// <summary>Creates a scale for repeated use.</summary>
    /// <param name="name">The name. The service recognizes <c>ML_STEP</c>, <c>EPISODE</c> and <c>ENVIRONMENT_STEP</c>.</param>
    /// <exception cref="ArgumentException">The name is not valid text: it contains half a surrogate pair.</exception>
    public Scale(string name)
        : this(name, Interop.Utf8.Encode(name, nameof(name)))
    {
    }

    private Scale(string name, byte[]? utf8)
    {
        _name = name;
        _utf8 = utf8;
    }

    /// <summary>One step for each training step, such as a gradient update: <c>ML_STEP</c>.</summary>
    public static Scale MlStep { get; } = new("ML_STEP");

    /// <summary>One step for each step of an environment: <c>ENVIRONMENT_STEP</c>.</summary>
    public static Scale EnvironmentStep { get; } = new("ENVIRONMENT_STEP");

    /// <summary>One step for each episode: <c>EPISODE</c>.</summary>
    public static Scale Episode { get; } = new("EPISODE");

    /// <summary>The name; empty for the default value.</summary>
    public string Name => _name ?? "";

    /// <summary>The UTF-8 of the name, where it was made once; else null.</summary>
    internal byte[]? Utf8 => _utf8;

    /// <summary>Converts a name to a scale for one call. UTF-8 conversion is deferred until it is needed.</summary>
    /// <param name="name">The name.</param>
    public static implicit operator Scale(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Scale(name, null);
    }

    /// <summary>Whether two scales have the same name.</summary>
    /// <param name="left">The first scale.</param>
    /// <param name="right">The second scale.</param>
    public static bool operator ==(Scale left, Scale right) => left.Equals(right);

    /// <summary>Whether two scales have different names.</summary>
    /// <param name="left">The first scale.</param>
    /// <param name="right">The second scale.</param>
    public static bool operator !=(Scale left, Scale right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Scale other) => string.Equals(Name, other.Name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scale other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
