using System.Globalization;

namespace Metrana.Server.Child;

/// <summary>The command line of a server's program.</summary>
internal sealed record ServerArguments
{
    /// <summary>Where a server listens that is found by nobody but whoever started it.</summary>
    private const string AnyPort = "127.0.0.1:0";

    /// <summary>Where people look for the page.</summary>
    private const string UsualPort = "127.0.0.1:7070";

    public required IReadOnlyList<string> List { get; init; }

    /// <summary>
    /// Whether the server writes to this process's standard error: one that outlives this process must not lose the place it
    /// writes its log to.
    /// </summary>
    public bool OwnStandardError { get; init; }

    /// <summary>A child, which ends with this process unless it lingers.</summary>
    public static ServerArguments OfChild(LocalServerOptions options) => new()
    {
        List =
        [
            .. options.DataDirectory is { } directory
                ? ["--data", Path.GetFullPath(directory), "--durability", Name(options.Durability)]
                : new[] { "--in-memory" },
            "--grpc", AnyPort,
            // Ctrl+C in a terminal reaches child and parent alike, and the parent's loggers may still have something to deliver.
            "--ignore-interrupt",
            .. options.AllowFaults ? ["--allow-faults"] : Array.Empty<string>(),
            .. options.Linger ? ["--linger"] : Array.Empty<string>(),
        ],
        OwnStandardError = options.Linger,
    };

    /// <summary>A server of a data directory, which belongs to nobody and ends when nobody needs it.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="options">How it is to run.</param>
    /// <param name="usualPort">Whether it is to listen where people look for it.</param>
    public static ServerArguments Detached(string directory, LocalServerOptions options, bool usualPort) => new()
    {
        List =
        [
            "--data", directory, "--durability", Name(options.Durability), "--listen", usualPort ? UsualPort : AnyPort, "--detach",
            "--idle-exit", Math.Ceiling(options.IdleExit.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            .. options.AllowFaults ? ["--allow-faults"] : Array.Empty<string>(),
        ],
    };

    /// <summary>Whether a variable of the environment stands for an option of the server.</summary>
    public static bool IsOption(string variable) => variable.StartsWith("METRANA_SERVER_", StringComparison.OrdinalIgnoreCase);

    private static string Name(ServerDurability durability) => durability switch
    {
        ServerDurability.Full => "full",
        ServerDurability.Commit => "commit",
        ServerDurability.Ram => "ram",
        _ => throw new ArgumentOutOfRangeException(nameof(durability), durability, "This is no durability."),
    };
}
