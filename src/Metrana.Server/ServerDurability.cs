namespace Metrana.Server;

/// <summary>How safe a point is when a server with a data directory acknowledges it.</summary>
public enum ServerDurability
{
    /// <summary>It survives a loss of power.</summary>
    Full,

    /// <summary>It survives the end of the server, but perhaps not a loss of power.</summary>
    Commit,

    /// <summary>It is gone when the server ends: nothing is written to disk.</summary>
    Ram,
}
