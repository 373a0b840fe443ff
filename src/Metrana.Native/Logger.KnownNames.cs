using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

// The way of a call whose names came before: like that of a handle. What it refuses is made again by name.
public sealed partial class Logger
{
    /// <summary>Logs to a series whose name is known by now. False: it is not, or the call is refused; nothing was logged.</summary>
    private bool TryLogKnown<T>(
        int hash, string metric, Scale scale, ReadOnlySpan<T> values, LabelSpan labels, Steps steps, Timestamps timestamps)
        where T : unmanaged
    {
        if (_known.Find(NativeLogger.World.Std, hash, metric, scale, labels) is not { } series)
        {
            return false;
        }

        bool isPlain = values.Length == 1 && steps.Kind == StepsKind.Auto && timestamps.Kind == TimestampsKind.Now;
        return isPlain && typeof(T) == typeof(double)
            ? series.TryLog(Unsafe.As<T, double>(ref MemoryMarshal.GetReference(values)))
            : series.TryLog(values, steps, timestamps);
    }

    /// <summary>
    /// Logs to a series and in environments whose names are known by now. False: they are not, or the call is refused; nothing
    /// was logged.
    /// </summary>
    private bool TryLogKnown<T>(
        int hash, string metric, Scale scale, ReadOnlySpan<T> values, LabelSpan labels, scoped in RlCall call)
        where T : unmanaged
    {
        if (_known.Find(NativeLogger.World.Rl, hash, metric, scale, labels) is not { } series)
        {
            return false;
        }

        if (call.Environments.Kept is { } kept)
        {
            return series.TryLogRl(values, call, kept.Ids);
        }

        if (call.Environments.One is { } one)
        {
            return _known.TryFind(one, out uint id) && series.TryLogRl(values, call, new ReadOnlySpan<uint>(in id));
        }

        ReadOnlySpan<string> names = call.Environments.Names;
        uint[] ids = ArrayPool<uint>.Shared.Rent(names.Length);
        try
        {
            for (int i = 0; i < names.Length; i++)
            {
                if (!_known.TryFind(names[i], out ids[i]))
                {
                    return false;
                }
            }

            return series.TryLogRl(values, call, ids.AsSpan(0, names.Length));
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(ids);
        }
    }

    /// <summary>Remembers a series that was logged to just now, and the environments that were named with it.</summary>
    private void Learn(
        LoggerHandle logger,
        NativeLogger.World world,
        int hash,
        string metric,
        Scale scale,
        LabelSpan labels,
        bool ordered,
        bool episodic,
        EnvironmentSpan environments)
    {
        try
        {
            if (_known.Find(world, hash, metric, scale, labels) is null)
            {
                SeriesHandle series = NativeLogger.FindSeries(logger, world, metric, scale, labels, ordered, episodic);
                if (!series.IsThere)
                {
                    return;
                }

                _known.Learn(world, hash, metric, scale, labels, series);
            }

            string? one = environments.One;
            ReadOnlySpan<string> names = one is null ? environments.Names : new ReadOnlySpan<string>(in one);
            if (!names.IsEmpty)
            {
                _known.Learn(names, NativeLogger.GetEnvironments(logger, names));
            }
        }
        catch (Exception e) when (e is MetranaException or ObjectDisposedException)
        {
            // The logger ended meanwhile. What was logged is logged, and nothing more is to come.
        }
    }
}
