using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>Where the server is that a command asks.</summary>
/// <param name="Data">Its data directory; without it this user's own.</param>
/// <param name="Url">Its address, where that was given.</param>
/// <param name="Key">The key for that address.</param>
internal sealed record ServerPlace(string? Data, Uri? Url, string? Key)
{
    /// <summary>The file that a server keeps everything in.</summary>
    private const string Database = "metrana.db";

    public string Directory => Path.GetFullPath(Data ?? LocalServer.DefaultDataDirectory);

    /// <summary>Whether runs were ever kept in the data directory.</summary>
    public bool HasData => File.Exists(Path.Combine(Directory, Database));

    /// <summary>Never with the key.</summary>
    public override string ToString() => Url?.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) ?? Directory;

    /// <param name="start">Whether a server is started in a directory that holds nothing yet.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<LocalServer> ConnectAsync(bool start, CancellationToken cancellationToken)
    {
        if (Url is not null)
        {
            return LocalServer.At(Url, Key);
        }

        if (await LocalServer.FindAsync(Directory, cancellationToken) is { } found)
        {
            return found;
        }

        if (!start && !HasData)
        {
            throw ToolException.NotFound(
                $"There are no runs in {Directory}, and no server lives there. Log a run first, or name another place with --data or --url.");
        }

        return await LocalServer.FindOrStartAsync(new LocalServerOptions { DataDirectory = Data }, cancellationToken);
    }
}
