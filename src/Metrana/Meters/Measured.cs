namespace Metrana.Meters;

/// <summary>How the measurements of an instrument become points.</summary>
internal enum Measured
{
    /// <summary>Each measurement adds to a sum; its increase is logged.</summary>
    Increase,

    /// <summary>Each measurement is a sum; its increase is logged.</summary>
    Total,

    /// <summary>Each measurement adds to a level; the level is logged.</summary>
    Level,

    /// <summary>Each measurement is a level; the last one is logged.</summary>
    Value,

    /// <summary>Count, mean and maximum are logged.</summary>
    Distribution,
}
