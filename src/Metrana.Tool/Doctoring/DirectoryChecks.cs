using Metrana.Tool.Kernel;

namespace Metrana.Tool.Doctoring;

/// <summary>What the data directory has.</summary>
internal static class DirectoryChecks
{
    private const long LittleRoom = 1024L * 1024 * 1024;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static Finding Data(ServerPlace place)
    {
        const string what = "data directory";
        if (place.Url is not null)
        {
            return new Finding(what, FindingState.Note, "none of this machine: a server was named by its address");
        }

        var directory = place.Directory;
        if (!Directory.Exists(directory))
        {
            return new Finding(what, FindingState.Note, $"{directory} does not exist yet", "The first run makes it.");
        }

        try
        {
            var bytes = new DirectoryInfo(directory).EnumerateFiles("metrana.db*").Sum(file => file.Length);
            var room = new DriveInfo(directory).AvailableFreeSpace;
            var found = $"{directory}, {Figures.Bytes(bytes)} of runs, {Figures.Bytes(room)} free";
            return room < LittleRoom
                ? new Finding(what, FindingState.Note, found, "Little room: 'metrana delete' gives back what a run took.")
                : new Finding(what, FindingState.Good, found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding(what, FindingState.Bad, $"{directory} cannot be read: {e.Message}", "Name another with --data or METRANA_SERVER_DATA.");
        }
    }

    /// <summary>Whether the key is where it belongs. The key itself is not read.</summary>
    public static Finding Key(ServerPlace place)
    {
        const string what = "key";
        if (place.Url is not null)
        {
            return place.Key is null
                ? new Finding(what, FindingState.Note, "none was given", "A server that wants one takes it from --api-key-file or METRANA_API_KEY.")
                : new Finding(what, FindingState.Good, "given (not shown)");
        }

        var file = Path.Combine(place.Directory, "token");
        if (!File.Exists(file))
        {
            return new Finding(what, FindingState.Note, "none yet", "The first server makes one.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
        {
            return new Finding(what, FindingState.Bad, $"other users can read or change {file}", $"chmod 600 '{file}'");
        }

        return new Finding(what, FindingState.Good, $"in {file} (not shown), for this user alone");
    }
}
