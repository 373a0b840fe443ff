using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Metrana.Server.Child;

/// <summary>Finds the server's program and makes it executable.</summary>
internal static class ServerProgram
{
    private const string PathVariable = "METRANA_SERVER_PATH";

    /// <summary>The platforms of the packages: the rows of build/rids.props.</summary>
    internal static readonly string[] Supported =
        ["linux-x64", "linux-arm64", "linux-musl-x64", "linux-musl-arm64", "osx-x64", "osx-arm64", "win-x64", "win-arm64"];

    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static string FileName => OperatingSystem.IsWindows() ? "metrana-server.exe" : "metrana-server";

    /// <summary>The platform's name in the packages, whatever the distribution calls itself.</summary>
    public static string Rid
    {
        get
        {
            var own = RuntimeInformation.RuntimeIdentifier;
            var musl = own.Contains("musl", StringComparison.Ordinal) || own.StartsWith("alpine", StringComparison.Ordinal);
            var system = OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : musl ? "linux-musl" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>The program's full path: the one asked for, else the one the environment names, else the package's.</summary>
    public static string Find(string? asked)
    {
        if (asked is not null)
        {
            return Existing(asked, "LocalServerOptions.ProgramPath");
        }

        var named = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(named))
        {
            return Existing(named, PathVariable);
        }

        var candidates = Candidates();
        return candidates.FirstOrDefault(File.Exists) ?? throw new LocalServerException(
            $"There is no {FileName} program for this machine ({Rid}). Tried: {string.Join(", ", candidates)}. {Advice(Rid)}");
    }

    /// <summary>What to do where no program was found.</summary>
    internal static string Advice(string rid) => Supported.Contains(rid, StringComparer.Ordinal)
        ? $"Reference the Metrana.Server package in the project that is run or published, so that its runtimes/{rid}/native "
            + $"files are copied beside it; or set {PathVariable}, or LocalServerOptions.ProgramPath, to the program's path."
        : $"The package Metrana.Server has it for {string.Join(", ", Supported)}. Log to a server on another machine, or build the program "
            + "from the sources on this one with 'cargo build --release -p metrana-server' and set "
            + $"{PathVariable}, or LocalServerOptions.ProgramPath, to its path.";

    /// <summary>Gives the file its execute bit, which restoring a package does not keep. Whether that came true shows at the start.</summary>
    public static void MakeExecutable(string program)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            var mode = File.GetUnixFileMode(program);
            if ((mode & Execute) == UnixFileMode.None)
            {
                File.SetUnixFileMode(program, mode | Execute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A read-only place: the start will be refused, and a copy is started then.
        }
    }

    /// <summary>Copies the program to a folder of its own, where it can be executed.</summary>
    /// <returns>The folder, to be deleted when the program runs, and the program in it.</returns>
    public static (string Directory, string Program) CopyToTemporary(string program)
    {
        var directory = Directory.CreateTempSubdirectory("metrana-server-").FullName;
        var copy = Path.Combine(directory, FileName);
        File.Copy(program, copy);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return (directory, copy);
    }

    private static string Existing(string path, string source) => File.Exists(path)
        ? Path.GetFullPath(path)
        : throw new LocalServerException(
            $"{source} is '{path}', but there is no such file. Name the {FileName} program for {Rid}, or leave it unset to use the package's.");

    private static List<string> Candidates()
    {
        var native = Path.Combine("runtimes", Rid, "native");
        List<string> folders = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, native)];

        // The assembly may lie elsewhere, for one in a plug-in's folder.
        if (OwnFolder() is { } own)
        {
            folders.Add(own);
            folders.Add(Path.Combine(own, native));
        }

        return folders.Select(folder => Path.GetFullPath(Path.Combine(folder, FileName))).Distinct(StringComparer.Ordinal).ToList();
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "In a single file the assembly has no place; that is expected.")]
    private static string? OwnFolder() =>
        typeof(ServerProgram).Assembly.Location is { Length: > 0 } path ? Path.GetDirectoryName(path) : null;
}
