using System.CommandLine;
using System.Globalization;
using Metrana.Benchmarks.Floors;
using Metrana.Benchmarks.Modes;

// What another process of this program is started for.
if (args is [Drain.Mode, var messageBytes])
{
    return Drain.Serve(int.Parse(messageBytes, CultureInfo.InvariantCulture));
}

RootCommand root = new("What logging costs: bursts, loops, scaling, start and end, memory, each held against its floor.")
{
    RlBurstMode.Command(),
    ScalarLoopMode.Command(),
    FloorsMode.Command(),
};
return await root.Parse(args).InvokeAsync();
