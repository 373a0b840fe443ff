using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

// The structures of metrana.h, field by field and in its order. A test compares their sizes with the native library's.

/// <summary><c>metrana_str</c>: UTF-8 with a length. A null pointer is an absent text.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeText
{
    public byte* Start;
    public nuint Length;
}

/// <summary><c>metrana_bytes</c>: bytes with a length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBytes
{
    public byte* Start;
    public nuint Length;
}

/// <summary><c>metrana_label</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeLabel
{
    public NativeText Key;
    public NativeText Value;
}

/// <summary><c>metrana_config</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeConfig
{
    public nuint StructSize;
    public NativeText ApiKey;
    public NativeText Workspace;
    public NativeText Project;
    public NativeText RunName;
    public NativeText Endpoint;
    public NativeText Organization;
    public NativeText Experiment;
    public NativeText ParentRunName;
    public NativeText OrchestrationId;
    public NativeText ExtraCaPem;
    public ulong ForkStep;
    public ulong LoggerId;
    public double ConnectTimeout;
    public double InitTimeout;
    public double CloseTimeout;
    public double Http2KeepAliveInterval;
    public double Http2KeepAliveTimeout;
    public double TcpKeepAlive;
    public double EnqueueTimeout;
    public double MsgMaxAge;
    public double MsgLinger;
    public double BackoffInitial;
    public double BackoffMax;
    public double AckStallTimeout;
    public ulong QueueBytes;
    public ulong MaxMsgSize;
    public ulong MaxPendingRequests;
    public long MsgMaxRetries;
    public uint MisStepWarnBudget;
    public int Resume;
    public int Backpressure;
    public int DeliveryPolicy;
    public int ErrorStrategy;
    public int LogLevel;
    public byte CreateProjectIfMissing;
    public byte HasForkStep;
    public ushort Reserved;
    public nint Events;
    public ulong EventTag;
    public NativeAggregationRule* AggregationRules;
    public nuint AggregationRuleCount;
}

/// <summary><c>metrana_aggregation_rule</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeAggregationRule
{
    public NativeText MetricName;
    public NativeText SourceScale;
    public NativeText OutputScale;
    public int* Functions;
    public nuint FunctionCount;
    public NativeText* Labels;
    public nuint LabelCount;
    public NativeText OutputMetricName;
    public NativeText OutputNameSuffix;
}

/// <summary><c>metrana_kind_counters</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeKindCounters
{
    public ulong Added;
    public ulong Refused;
    public ulong Enqueued;
    public ulong Sent;
    public ulong Dropped;
    public ulong Spooled;
    public ulong Pending;
}

/// <summary><c>metrana_counters</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeCounters
{
    public nuint StructSize;
    public NativeKindCounters FloatPoints;
    public NativeKindCounters RlFloatPoints;
    public NativeKindCounters HistogramPoints;
    public NativeKindCounters ScatterPoints;
    public NativeKindCounters AttributeUpdates;
    public NativeKindCounters EnvAttributeUpdates;
    public ulong ConnectionAttempts;
    public ulong SendErrors;
    public ulong RequestsSent;
    public ulong ErrorsReported;
    public ulong ErrorsEvicted;
    public ulong BytesSent;
    public ulong PendingBytes;
    public ulong MisSteps;
    public ulong Waits;
    public ulong WaitedNanos;
}

/// <summary><c>metrana_run_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeRunInfo
{
    public NativeBytes RunId;
    public NativeText OrchestrationId;
    public ulong LoggerId;
    public byte Created;
}

/// <summary><c>metrana_series_state</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeSeriesState
{
    public NativeSeriesName Name;
    public int World;
    public int Values;
    public ulong LastStep;
    public double LastValue;
    public byte HasLastStep;
    public byte HasLastValue;
    public byte Ordered;
    public byte Episodic;
    public fixed byte Reserved[4];
}

/// <summary><c>metrana_environment_state</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeEnvironmentState
{
    public NativeText Name;
    public ulong RlStep;
    public ulong Episode;
    public byte HasRlStep;
    public byte HasEpisode;
    public fixed byte Reserved[6];
}

/// <summary><c>metrana_field</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeField
{
    public NativeText Name;
    public int Kind;
    public int Reserved;
    public NativeText Text;
    public long Integer;
    public double Number;
}
