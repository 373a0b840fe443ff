namespace Metrana.Native;

/// <summary>The titles of the axes of a scatter series. The latest titles given apply to the whole series; null gives none.</summary>
/// <param name="X">Of the x axis.</param>
/// <param name="Y">Of the y axis.</param>
/// <param name="Z">Of the z axis, in three dimensions only.</param>
public readonly record struct AxisTitles(string? X, string? Y, string? Z = null);
