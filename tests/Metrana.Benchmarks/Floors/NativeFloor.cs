using System.Runtime.InteropServices;

namespace Benchmarks.Floors;

/// <summary>A call into the native library that does nothing: the floor under every other one.</summary>
internal static partial class NativeFloor
{
    private const string Library = "metrana_native_floor";

    /// <summary>Finds the file that the loggers of this process use.</summary>
    static NativeFloor() => NativeLibrary.SetDllImportResolver(
        typeof(NativeFloor).Assembly,
        static (name, _, _) => name == Library ? NativeLibrary.Load(NativeFile.Path) : 0);

    /// <summary>Answers with a constant.</summary>
    [LibraryImport(Library, EntryPoint = "metrana_abi_version")]
    public static partial uint Nothing();
}
