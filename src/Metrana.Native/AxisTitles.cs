namespace Metrana.Native;

/// <summary>The axis titles of a scatter series. The latest titles given apply to the whole series; null gives none.</summary>
public readonly record struct AxisTitles
{
    /// <summary>The title of the x axis.</summary>
    public string? X { get; init; }

    /// <summary>The title of the y axis.</summary>
    public string? Y { get; init; }

    /// <summary>The title of the z axis, for three-dimensional series only.</summary>
    public string? Z { get; init; }
}
