namespace Metrana.Server;

/// <summary>
/// How <see cref="LocalServer.StartAsync"/> and <see cref="LocalServer.FindOrStartAsync(LocalServerOptions, CancellationToken)"/>
/// start a server. Every setting has a default that suits most programs.
/// </summary>
public sealed class LocalServerOptions
{
    /// <summary>
    /// The <c>metrana-server</c> program to start. Unset, it is the file that the environment variable
    /// <c>METRANA_SERVER_PATH</c> names, and without that the one that came with this package.
    /// </summary>
    public string? ProgramPath { get; init; }

    /// <summary>
    /// The directory that the server keeps its runs in. Unset, <see cref="LocalServer.StartAsync"/> starts a server that keeps
    /// everything in memory, and <see cref="LocalServer.FindOrStartAsync(LocalServerOptions, CancellationToken)"/> takes
    /// <see cref="LocalServer.DefaultDataDirectory"/>.
    /// </summary>
    public string? DataDirectory { get; init; }

    /// <summary>The durability of a point that a server with a data directory has acknowledged.</summary>
    public ServerDurability Durability { get; init; }

    /// <summary>
    /// After how long a time without any client and any reader a server ends that
    /// <see cref="LocalServer.FindOrStartAsync(LocalServerOptions, CancellationToken)"/> has started; in whole seconds. Default:
    /// 10 minutes.
    /// </summary>
    public TimeSpan IdleExit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether <see cref="LocalServer.Faults"/> may make the server fail on purpose. For tests only.</summary>
    public bool AllowFaults { get; init; }

    /// <summary>
    /// Whether the server lives on after <see cref="LocalServer.DisposeAsync"/> and after this process.
    /// <see cref="LocalServer.StopAsync"/> ends it all the same. What the server has to say goes to this process's
    /// standard error, because nobody else may be there to read it.
    /// </summary>
    public bool Linger { get; init; }

    /// <summary>The time that the server may take to start listening. Default: 10 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time that the server has to finish its work before it is killed. Default: 5 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
