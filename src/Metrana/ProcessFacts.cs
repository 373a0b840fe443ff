namespace Metrana;

/// <summary>What a run writes under <c>process/</c> about the process that created it.</summary>
[Flags]
public enum ProcessFacts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The name of the machine, its processors and memory, and the id of the process: <c>host</c>, <c>cpus</c>, <c>memory_bytes</c>, <c>id</c>.</summary>
    Host = 1,

    /// <summary>The system and its architecture: <c>os</c>, <c>architecture</c>.</summary>
    System = 2,

    /// <summary>The runtime: <c>dotnet</c>.</summary>
    Runtime = 4,

    /// <summary>The graphics cards: <c>gpu</c>, <c>gpu_count</c>.</summary>
    Gpu = 8,

    /// <summary>The command line without secrets: <c>command_line</c>.</summary>
    CommandLine = 16,

    /// <summary>The working directory: <c>directory</c>.</summary>
    Directory = 32,

    /// <summary>All of it.</summary>
    All = Host | System | Runtime | Gpu | CommandLine | Directory,
}
