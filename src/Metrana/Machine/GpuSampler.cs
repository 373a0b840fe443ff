using System.Globalization;
using Metrana.Native;

namespace Metrana.Machine;

/// <summary>Logs what the graphics cards of this machine do, a series for each card.</summary>
internal sealed class GpuSampler : IDisposable
{
    private const int Percent = 100;

    private readonly Run _run;
    private readonly Nvml _nvml;
    private readonly Labels[] _labels;

    public GpuSampler(Run run, Nvml nvml)
    {
        (_run, _nvml) = (run, nvml);
        _labels = [.. Enumerable.Range(0, nvml.Count).Select(index => new Labels(
            ("host", Environment.MachineName), ("gpu", index.ToString(CultureInfo.InvariantCulture))))];
        run.LogAttributes("system/gpu", new Dictionary<string, object?>
        {
            ["host_device_count"] = nvml.Count,
            ["visible_count"] = VisibleCount(Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"), nvml.Count),
            ["mig_partitioned_count"] = nvml.PartitionedCount,
        });
    }

    public void Sample()
    {
        for (int index = 0; index < _labels.Length; index++)
        {
            CardReading card = _nvml.Read(index);
            Log("utilization", card.Utilization, index);
            if (card.Memory is { Total: > 0 } memory)
            {
                Log("memory_used_bytes", memory.Used, index);
                Log("memory_utilization", Percent * (double)memory.Used / memory.Total, index);
            }

            Log("temperature_celsius", card.Celsius, index);
            Log("power_watts", card.Watts, index);
            Log("sm_clock_mhz", card.Megahertz, index);
        }
    }

    public void Dispose() => _nvml.Dispose();

    /// <summary>How many cards the process may use: those that the variable lists, up to the first that is none.</summary>
    internal static int VisibleCount(string? variable, int count)
    {
        if (variable is null)
        {
            return count;
        }

        return variable.Split(',', StringSplitOptions.TrimEntries)
            .TakeWhile(card => int.TryParse(card, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index < count : card.Length > 0 && card[0] != '-')
            .Count();
    }

    private void Log(string what, double? value, int card)
    {
        if (value is { } known)
        {
            _run.LogQuietly($"system/gpu/{what}", known, _labels[card]);
        }
    }
}
