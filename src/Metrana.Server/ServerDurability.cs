namespace Metrana.Server;

/// <summary>The durability of a point that a server with a data directory has acknowledged.</summary>
public enum ServerDurability
{
    /// <summary>It survives a power failure.</summary>
    Full,

    /// <summary>It survives the end of the server, though not necessarily a power failure.</summary>
    Commit,

    /// <summary>It is gone when the server ends: nothing is written to disk.</summary>
    Ram,
}
