namespace Metrana.Server;

/// <summary>The durability of a point that a server with a data directory has acknowledged.</summary>
public enum ServerDurability
{
    /// <summary>The point survives a power failure.</summary>
    Full,

    /// <summary>The point survives the end of the server, but not necessarily a power failure.</summary>
    Commit,

    /// <summary>The point is lost when the server ends: nothing is written to disk.</summary>
    Ram,
}
