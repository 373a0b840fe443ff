using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

// The structures of the log calls.

/// <summary><c>metrana_series_name</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeSeriesName
{
    public NativeText Metric;
    public NativeText Scale;
    public NativeLabel* Labels;
    public nuint LabelCount;
}

/// <summary><c>metrana_timestamps</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTimestamps
{
    public int Kind;
    public int Reserved;
    public long Millis;
    public long* Each;
    public nuint Count;
}

/// <summary><c>metrana_std_floats</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeStdFloats
{
    public NativeSeriesName Name;
    public void* Values;
    public nuint Count;
    public int Dtype;
    public int StepsKind;
    public ulong FirstStep;
    public ulong* Steps;
    public nuint StepCount;
    public NativeTimestamps Timestamps;
    public byte Distributed;
    public fixed byte Reserved[7];
}

/// <summary><c>metrana_rl_floats</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeRlFloats
{
    public NativeSeriesName Name;
    public ulong RlStep;
    public NativeText* Environments;
    public uint* EnvironmentIds;
    public nuint EnvironmentCount;
    public void* Values;
    public nuint Count;
    public int Dtype;
    public int Strategy;
    public int EpisodesKind;
    public int StepsKind;
    public byte Ordered;
    public fixed byte Reserved[7];
    public ulong Episode;
    public ulong* Episodes;
    public nuint EpisodeCount;
    public ulong FirstStep;
    public ulong* Steps;
    public nuint StepCount;
    public NativeTimestamps Timestamps;
}

/// <summary><c>metrana_histogram</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeHistogram
{
    public double* Edges;
    public nuint EdgeCount;
    public ulong* Counts;
    public double* Densities;
    public nuint BinCount;
    public double Min;
    public double Max;
    public double Sum;
    public double SumOfSquares;
    public byte HasStats;
    public fixed byte Reserved[7];
}

/// <summary><c>metrana_histograms</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeHistograms
{
    public NativeSeriesName Name;
    public NativeHistogram* Histograms;
    public nuint Count;
    public ulong* Steps;
    public nuint StepCount;
    public NativeTimestamps Timestamps;
}

/// <summary><c>metrana_scatter</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeScatter
{
    public double* Xs;
    public double* Ys;
    public double* Zs;
    public nuint XCount;
    public nuint YCount;
    public nuint ZCount;
    public byte Is3d;
    public fixed byte Reserved[7];
}

/// <summary><c>metrana_scatters</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeScatters
{
    public NativeSeriesName Name;
    public NativeScatter* Scatters;
    public nuint Count;
    public ulong* Steps;
    public nuint StepCount;
    public NativeTimestamps Timestamps;
    public NativeText XTitle;
    public NativeText YTitle;
    public NativeText ZTitle;
}

/// <summary><c>metrana_piece</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativePiece
{
    public NativeSeries Series;
    public NativeStdFloats* Floats;
    public NativeRlFloats* RlFloats;
    public NativeHistograms* Histograms;
}

/// <summary><c>metrana_series</c>: plain numbers, which stay harmless when the logger is gone.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeSeries
{
    public uint Slot;
    public uint Generation;
    public uint Series;
    public uint Reserved;
}
