using System.CommandLine;
using System.Globalization;
using Benchmarks.Floors;
using Benchmarks.Modes;
using Benchmarks.Serving;

// What another process of this program is started for.
if (args is [Drain.Mode, var messageBytes])
{
    return Drain.Serve(int.Parse(messageBytes, CultureInfo.InvariantCulture));
}

if (args is [TlsFront.Mode, var upstream])
{
    return await TlsFront.ServeAsync(upstream);
}

// Its options are BenchmarkDotNet's own.
if (args is [MicroMode.Name, .. var rest])
{
    return MicroMode.Run(rest);
}

RootCommand root = new("What logging costs: bursts, loops, scaling, start and end, memory, each held against its floor.")
{
    new Command(MicroMode.Name, "BenchmarkDotNet's micro-benchmarks; everything behind it is for BenchmarkDotNet, such as --filter '*'"),
    RlBurstMode.Command(),
    ScalarLoopMode.Command(),
    ColumnsMode.Command(),
    ScalingMode.Command(),
    StartupMode.Command(),
    CloseMode.Command(),
    MemoryMode.Command(),
    ClientMode.Command(),
    CallersMode.Command(),
    DeadMirrorMode.Command(),
    ServerMode.Command(),
    FloorsMode.Command(),
    GateMode.Command(),
    ReportMode.Command(),
};
return await root.Parse(args).InvokeAsync();
