using System.Runtime.InteropServices;

namespace Metrana.Machine;

/// <summary>
/// The graphics cards of NVIDIA, as the driver's own library tells of them (NVML). Where there is no such library, or it does not
/// start, there is nothing to read and nothing is said. What a card does not tell is left out.
/// </summary>
internal sealed unsafe class Nvml : IDisposable
{
    private const int Success = 0;
    private const int TemperatureOfTheChip = 0;
    private const int ClockOfTheMultiprocessors = 1;

    private readonly nint _library;
    private readonly nint[] _cards;

    private Nvml(nint library, nint[] cards)
    {
        _library = library;
        _cards = cards;
    }

    /// <summary>How many cards there are.</summary>
    public int Count => _cards.Length;

    /// <summary>How many of them are divided among several users.</summary>
    public int PartitionedCount => Enumerable.Range(0, Count).Count(IsPartitioned);

    /// <summary>The library, if this machine has it.</summary>
    /// <param name="path">Where it is; left out, wherever the system finds it.</param>
    public static Nvml? TryLoad(string? path = null)
    {
        string[] names = path is not null ? [path] : OperatingSystem.IsWindows() ? ["nvml.dll"] : ["libnvidia-ml.so.1", "libnvidia-ml.so"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                if (Start(library) is { } nvml)
                {
                    return nvml;
                }

                NativeLibrary.Free(library);
                return null;
            }
        }

        return null;
    }

    /// <summary>What one card says of itself at this moment.</summary>
    /// <param name="index">Which card, from 0.</param>
    public CardReading Read(int index)
    {
        nint card = _cards[index];
        Utilization utilization;
        Memory memory;
        uint temperature;
        uint milliwatts;
        uint megahertz;
        return new CardReading
        {
            Utilization = Find("nvmlDeviceGetUtilizationRates") is var f && f != 0
                && ((delegate* unmanaged[Cdecl]<nint, Utilization*, int>)f)(card, &utilization) == Success ? utilization.Chip : null,
            Memory = Find("nvmlDeviceGetMemoryInfo") is var m && m != 0
                && ((delegate* unmanaged[Cdecl]<nint, Memory*, int>)m)(card, &memory) == Success ? (memory.Used, memory.Total) : null,
            Celsius = Find("nvmlDeviceGetTemperature") is var t && t != 0
                && ((delegate* unmanaged[Cdecl]<nint, int, uint*, int>)t)(card, TemperatureOfTheChip, &temperature) == Success ? temperature : null,
            Watts = Find("nvmlDeviceGetPowerUsage") is var p && p != 0
                && ((delegate* unmanaged[Cdecl]<nint, uint*, int>)p)(card, &milliwatts) == Success ? milliwatts / 1000.0 : null,
            Megahertz = Find("nvmlDeviceGetClockInfo") is var c && c != 0
                && ((delegate* unmanaged[Cdecl]<nint, int, uint*, int>)c)(card, ClockOfTheMultiprocessors, &megahertz) == Success ? megahertz : null,
        };
    }

    public void Dispose()
    {
        if (Find("nvmlShutdown") is var shutdown && shutdown != 0)
        {
            _ = ((delegate* unmanaged[Cdecl]<int>)shutdown)();
        }

        // The library stays loaded: another part of the program may have the driver open.
    }

    private static Nvml? Start(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "nvmlInit_v2", out nint init)
            || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetCount_v2", out nint countCards)
            || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetHandleByIndex_v2", out nint findCard)
            || ((delegate* unmanaged[Cdecl]<int>)init)() != Success)
        {
            return null;
        }

        uint count;
        if (((delegate* unmanaged[Cdecl]<uint*, int>)countCards)(&count) != Success)
        {
            count = 0;
        }

        List<nint> cards = [];
        for (uint index = 0; index < count; index++)
        {
            nint card;
            if (((delegate* unmanaged[Cdecl]<uint, nint*, int>)findCard)(index, &card) == Success)
            {
                cards.Add(card);
            }
        }

        return new Nvml(library, [.. cards]);
    }

    private bool IsPartitioned(int index)
    {
        uint current;
        uint pending;
        return Find("nvmlDeviceGetMigMode") is var mode && mode != 0
            && ((delegate* unmanaged[Cdecl]<nint, uint*, uint*, int>)mode)(_cards[index], &current, &pending) == Success
            && current == 1;
    }

    private nint Find(string function) => NativeLibrary.TryGetExport(_library, function, out nint found) ? found : 0;

    [StructLayout(LayoutKind.Sequential)]
    private struct Utilization
    {
        public uint Chip;
        public uint MemoryBus;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }
}

/// <summary>What a card said. What it did not say is null.</summary>
internal readonly record struct CardReading
{
    /// <summary>How busy it was, in percent.</summary>
    public double? Utilization { get; init; }

    /// <summary>The memory in use and all of it, in bytes.</summary>
    public (ulong Used, ulong Total)? Memory { get; init; }

    /// <summary>How warm it is.</summary>
    public double? Celsius { get; init; }

    /// <summary>The power that it takes.</summary>
    public double? Watts { get; init; }

    /// <summary>The clock of its multiprocessors.</summary>
    public double? Megahertz { get; init; }
}
