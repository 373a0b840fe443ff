namespace Metrana.Server;

/// <summary>
/// The settings with which <see cref="LocalServer.StartAsync"/> and
/// <see cref="LocalServer.FindOrStartAsync(LocalServerOptions, CancellationToken)"/> start a server. The defaults suit most programs.
/// </summary>
public sealed class LocalServerOptions
{
    /// <summary>
    /// The <c>metrana-server</c> program to start. Default: the file given by the environment variable
    /// <c>METRANA_SERVER_PATH</c>, or else the program included in this package.
    /// </summary>
    public string? ProgramPath { get; init; }

    /// <summary>
    /// The directory in which the server keeps its runs. If not set, <see cref="LocalServer.StartAsync"/> starts a server that keeps
    /// everything in memory, and <see cref="LocalServer.FindOrStartAsync(LocalServerOptions, CancellationToken)"/> uses
    /// <see cref="LocalServer.DefaultDataDirectory"/>.
    /// </summary>
    public string? DataDirectory { get; init; }

    /// <summary>The durability of a point that a server with a data directory has acknowledged.</summary>
    public ServerDurability Durability { get; init; }

    /// <summary>
    /// How long a server that was started by
    /// <see cref="LocalServer.FindOrStartAsync(LocalServerOptions, CancellationToken)"/> keeps running without any client or reader, in
    /// whole seconds. Default: 10 minutes.
    /// </summary>
    public TimeSpan IdleExit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether <see cref="LocalServer.Faults"/> may make the server fail on purpose. For tests only.</summary>
    public bool AllowFaults { get; init; }

    /// <summary>
    /// Whether the server keeps running after <see cref="LocalServer.DisposeAsync"/> and after the end of this process.
    /// <see cref="LocalServer.StopAsync"/> stops it nevertheless. The server writes its messages to the standard error of this process,
    /// because there may be no other reader.
    /// </summary>
    public bool Linger { get; init; }

    /// <summary>The time that the server may take to start listening. Default: 10 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time that the server has to finish its work before it is killed. Default: 5 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
