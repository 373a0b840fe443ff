namespace Metrana.Native;

/// <summary>The titles of the axes of a scatter series. The latest titles given apply to the whole series; null gives none.</summary>
public readonly record struct AxisTitles
{
    /// <summary>Of the x axis.</summary>
    public string? X { get; init; }

    /// <summary>Of the y axis.</summary>
    public string? Y { get; init; }

    /// <summary>Of the z axis, in three dimensions only.</summary>
    public string? Z { get; init; }
}
