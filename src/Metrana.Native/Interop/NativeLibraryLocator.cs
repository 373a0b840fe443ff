using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

/// <summary>Finds the native library, makes sure that it is the right one, and says what to do when there is none.</summary>
internal static class NativeLibraryLocator
{
    /// <summary>The interface that this assembly was written for.</summary>
    public const uint AbiVersion = 6;

    /// <summary>The environment variable that names the file to be used, instead of every other place.</summary>
    public const string PathVariable = "METRANA_NATIVE_PATH";

    /// <summary>The switch that the package Metrana.Native.Static sets in a program that it has linked the engine into.</summary>
    private const string InsideSwitch = "Metrana.Native.EngineInside";

    private const string RuntimesOwnName = "the .NET runtime's own search";

    /// <summary>The platforms of the packages: the rows of build/rids.props.</summary>
    internal static readonly string[] Supported =
        ["linux-x64", "linux-arm64", "linux-musl-x64", "linux-musl-arm64", "osx-x64", "osx-arm64", "win-x64", "win-arm64"];

    private static readonly object _gate = new();
    private static volatile bool _resolverIsSet;
    private static nint _library;

    /// <summary>The portable runtime identifier of this process: the name of its folder under <c>runtimes</c>.</summary>
    public static string Rid { get; } = PortableRid();

    /// <summary>What the library is called on this operating system.</summary>
    public static string FileName { get; } =
        OperatingSystem.IsWindows() ? "metrana_native.dll" :
        OperatingSystem.IsMacOS() ? "libmetrana_native.dylib" :
        "libmetrana_native.so";

    /// <summary>Loads the library unless it is there. A failure is not remembered: the next call looks again.</summary>
    /// <exception cref="LoggerInitException">There is none that can be used; the message is what to do.</exception>
    public static void EnsureLoaded()
    {
        if (_resolverIsSet)
        {
            return;
        }

        lock (_gate)
        {
            if (_resolverIsSet)
            {
                return;
            }

            if (AppContext.TryGetSwitch(InsideSwitch, out bool inside) && inside)
            {
                CheckInside(NativeMethods.AbiVersion());
            }
            else
            {
                _library = Load(Environment.GetEnvironmentVariable(PathVariable), Candidates(), RuntimesOwn);
                NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLocator).Assembly, Resolve);
            }

            _resolverIsSet = true;
        }
    }

    /// <summary>The first of the places whose library loads and speaks our interface.</summary>
    /// <param name="named">A file that the environment names: then it, and nothing else.</param>
    /// <param name="candidates">The files to try otherwise.</param>
    /// <param name="last">What is asked at last for a loaded library, when none of them will do.</param>
    internal static nint Load(string? named, IEnumerable<string> candidates, Func<nint> last)
    {
        List<string> tried = [];
        if (!string.IsNullOrEmpty(named))
        {
            return TryFile(named, tried, out nint library) ? library : throw NotFound(tried, named);
        }

        foreach (string path in candidates.Distinct(StringComparer.Ordinal))
        {
            if (TryFile(path, tried, out nint library))
            {
                return library;
            }
        }

        nint found = last();
        if (found == 0)
        {
            tried.Add($"{RuntimesOwnName}: not found");
        }
        else if (IsOurs(found, RuntimesOwnName, tried))
        {
            return found;
        }

        throw NotFound(tried, null);
    }

    /// <summary>An engine that is part of the program is of one version of the packages too, or there is no calling it.</summary>
    internal static void CheckInside(uint version)
    {
        if (version != AbiVersion)
        {
            throw new LoggerInitException(
                MetranaStatus.NativeLibraryUnavailable,
                $"The engine that is linked into this program speaks version {version} of the native interface, and its Metrana.Native "
                    + $"version {AbiVersion}. Reference Metrana.Native.Static in the same version as Metrana.Native, and publish again.");
        }
    }

    /// <summary>A package's native files are known to the host, a single-file program unpacks them to a place of its own.</summary>
    private static nint RuntimesOwn() =>
        NativeLibrary.TryLoad(NativeMethods.Library, typeof(NativeLibraryLocator).Assembly, null, out nint found) ? found : 0;

    /// <summary>The places, in the order in which they count.</summary>
    private static IEnumerable<string> Candidates()
    {
        string[] folders = [AssemblyFolder(), AppContext.BaseDirectory];
        foreach (string folder in folders)
        {
            yield return Path.Combine(folder, FileName);
        }

        foreach (string folder in folders)
        {
            yield return Path.Combine(folder, "runtimes", Rid, "native", FileName);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        string.Equals(name, NativeMethods.Library, StringComparison.Ordinal) ? _library : 0;

    private static bool TryFile(string path, List<string> tried, out nint library)
    {
        library = 0;
        if (!File.Exists(path))
        {
            tried.Add($"{path}: there is no such file");
            return false;
        }

        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // The dynamic loader's own words: another architecture, a C library that is too old, a missing symbol.
            tried.Add($"{path}: {e.Message.ReplaceLineEndings(" ").Trim()}");
            return false;
        }

        return IsOurs(library, path, tried);
    }

    private static unsafe bool IsOurs(nint library, string place, List<string> tried)
    {
        if (!NativeLibrary.TryGetExport(library, "metrana_abi_version", out nint export))
        {
            tried.Add($"{place}: it is another library, without metrana_abi_version");
            return false;
        }

        uint version = ((delegate* unmanaged<uint>)export)();
        if (version != AbiVersion)
        {
            tried.Add($"{place}: it speaks version {version} of the native interface, and this assembly version {AbiVersion}");
            return false;
        }

        return true;
    }

    private static LoggerInitException NotFound(List<string> tried, string? named)
    {
        string advice = named is not null
            ? $"The environment variable {PathVariable} names that file, so no other place is searched: correct or remove the variable."
            : Advice(Rid);
        return new LoggerInitException(
            MetranaStatus.NativeLibraryUnavailable,
            $"The native library {FileName} for {Rid} was not found or cannot be used. Tried:{Environment.NewLine}"
                + string.Concat(tried.Select(place => $"  {place}{Environment.NewLine}"))
                + advice);
    }

    /// <summary>What to do where no library was found.</summary>
    internal static string Advice(string rid) => Supported.Contains(rid, StringComparer.Ordinal)
        ? $"Reference the package Metrana.Native so that the files for {rid} are copied beside the program, "
            + $"or let the environment variable {PathVariable} name the file. In a checkout of the sources, "
            + "'cargo build --release -p metrana-capi' makes it."
        : $"There is no build for {rid}: the package Metrana.Native has {string.Join(", ", Supported)}. Run the program on one of these, or build "
            + $"the library from the sources on this machine with 'cargo build --release -p metrana-capi', and let the environment variable {PathVariable} name it.";

    // An attribute and no pragma: the native compiler of the program that uses this must see it too.
    [UnconditionalSuppressMessage(
        "SingleFile", "IL3000", Justification = "Empty in a single-file program, where the folder of the program is what counts.")]
    private static string AssemblyFolder()
    {
        string location = typeof(NativeLibraryLocator).Assembly.Location;
        return location.Length > 0 ? Path.GetDirectoryName(location) ?? AppContext.BaseDirectory : AppContext.BaseDirectory;
    }

    /// <summary>The runtime's own identifier may be that of a distribution, and no folder is called so.</summary>
    private static string PortableRid()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        string own = RuntimeInformation.RuntimeIdentifier;
        bool musl = own.Contains("musl", StringComparison.Ordinal) || own.StartsWith("alpine", StringComparison.Ordinal);
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return $"{system}{(musl ? "-musl" : "")}-{architecture}";
    }
}
