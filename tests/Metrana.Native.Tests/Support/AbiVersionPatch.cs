using System.Globalization;
using System.Runtime.InteropServices;
using Metrana.Native.Interop;

namespace Metrana.Native.Tests.Support;

/// <summary>Makes a copy of the native library say another number of the interface than it has.</summary>
internal static class AbiVersionPatch
{
    /// <param name="original">The library.</param>
    /// <param name="copy">A copy of the file, which is changed.</param>
    /// <param name="version">What the copy is to say.</param>
    public static void Apply(string original, string copy, byte version)
    {
        long function = FileOffset(original, NativeLibrary.GetExport(NativeLibrary.Load(original), "metrana_abi_version"));
        using FileStream file = File.Open(copy, FileMode.Open, FileAccess.ReadWrite);
        byte[] code = new byte[5];
        file.Position = function;
        file.ReadExactly(code);

        // mov eax, <number>: all that this function does on x64.
        code.Should().Equal([0xb8, (byte)NativeLibraryLocator.AbiVersion, 0, 0, 0]);
        file.Position = function + 1;
        file.WriteByte(version);
    }

    /// <summary>Where in its file an address of a loaded library comes from.</summary>
    private static long FileOffset(string library, nint address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps").Where(line => line.EndsWith(library, StringComparison.Ordinal)))
        {
            string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            long[] range = [.. columns[0].Split('-').Select(Hex)];
            if (address >= range[0] && address < range[1])
            {
                return address - range[0] + Hex(columns[2]);
            }
        }

        throw new InvalidOperationException($"{library} is not mapped at {address:x}.");
    }

    private static long Hex(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
