namespace Metrana.Native;

/// <summary>
/// One of several sets of points in two or three dimensions for <see cref="Logger.LogScatters"/>. It references the caller's
/// memory, which is read when the scatter is logged.
/// </summary>
public readonly struct Scatter
{
    /// <summary>Points in the plane.</summary>
    /// <param name="xs">The x coordinates.</param>
    /// <param name="ys">The y coordinates, one for each point.</param>
    public Scatter(ReadOnlyMemory<double> xs, ReadOnlyMemory<double> ys)
    {
        Xs = xs;
        Ys = ys;
    }

    /// <summary>Points in space.</summary>
    /// <param name="xs">The x coordinates.</param>
    /// <param name="ys">The y coordinates, one for each point.</param>
    /// <param name="zs">The z coordinates, one for each point.</param>
    public Scatter(ReadOnlyMemory<double> xs, ReadOnlyMemory<double> ys, ReadOnlyMemory<double> zs)
        : this(xs, ys)
    {
        Zs = zs;
        Is3D = true;
    }

    /// <summary>The x coordinates.</summary>
    public ReadOnlyMemory<double> Xs { get; }

    /// <summary>The y coordinates.</summary>
    public ReadOnlyMemory<double> Ys { get; }

    /// <summary>The z coordinates; empty for points in the plane.</summary>
    public ReadOnlyMemory<double> Zs { get; }

    /// <summary>Whether the points are three-dimensional, even if the set is empty.</summary>
    public bool Is3D { get; }
}
