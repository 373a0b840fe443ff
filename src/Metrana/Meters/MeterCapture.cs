using System.Diagnostics.Metrics;
using System.Globalization;
using System.Numerics;
using Metrana.Native;

namespace Metrana.Meters;

/// <summary>Listens to the instruments of some meters, and logs every now and then what they measured.</summary>
internal sealed class MeterCapture : IDisposable
{
    /// <summary>A series has eight labels at most, and two say which process it is.</summary>
    private const int MostTags = 6;

    /// <summary>A tag that changes with each measurement must not fill the memory.</summary>
    private const int MostSeries = 1000;

    private const string Forbidden = "()[],=<>!~\"|";

    private readonly Run _run;
    private readonly string[] _meters;
    private readonly RunConsole _console;
    private readonly MeterListener _listener = new();
    private readonly object _gate = new();
    private readonly Dictionary<Instrument, Dictionary<string, MeterSeries>> _instruments = [];
    private readonly HashSet<Instrument> _refused = [];
    private readonly ITimer _timer;
    private bool _ended;

    public MeterCapture(Run run, string[] meters, TimeSpan interval, TimeProvider clock, RunConsole console)
    {
        (_run, _meters, _console) = (run, meters, console);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Array.Exists(_meters, name => Fits(name, instrument.Meter.Name)))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        Hear<byte>();
        Hear<short>();
        Hear<int>();
        Hear<long>();
        Hear<float>();
        Hear<double>();
        Hear<decimal>();
        _listener.Start();

        // What counters stand at now is where their increase counts from.
        Sample();
        _timer = clock.CreateTimer(static capture => ((MeterCapture)capture!).Sample(), this, interval, interval);
    }

    public void Dispose()
    {
        _timer.Dispose();
        Sample();
        lock (_gate)
        {
            _ended = true;
        }

        _listener.Dispose();
    }

    private static bool Fits(string wanted, string meter) => wanted.EndsWith('*')
        ? meter.StartsWith(wanted[..^1], StringComparison.OrdinalIgnoreCase)
        : meter.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static Measured KindOf<T>(Instrument instrument)
        where T : struct
    {
        return instrument switch
        {
            Counter<T> => Measured.Increase,
            ObservableCounter<T> => Measured.Total,
            UpDownCounter<T> => Measured.Level,
            Histogram<T> => Measured.Distribution,
            _ => Measured.Value,
        };
    }

    /// <summary>A name without the characters that names must not have.</summary>
    private static string Clean(string name) =>
        string.Concat(name.Select(letter => char.IsWhiteSpace(letter) || Forbidden.Contains(letter, StringComparison.Ordinal) ? '_' : letter));

    private static string Key(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string key = "";
        foreach ((string name, object? value) in tags)
        {
            key += $"{name}={value}\n";
        }

        return key;
    }

    private static Labels LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in tags)
        {
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text)
            {
                all[Clean(name)] = Clean(text);
            }
        }

        List<KeyValuePair<string, string>> labels = [.. all.Take(MostTags)];
        labels.Add(KeyValuePair.Create("host", Clean(Environment.MachineName)));
        labels.Add(KeyValuePair.Create("pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        return new Labels(labels.DistinctBy(label => label.Key));
    }

    private void Hear<T>()
        where T : struct, INumberBase<T> => _listener.SetMeasurementEventCallback<T>(
            (instrument, value, tags, _) => Note(instrument, KindOf<T>(instrument), double.CreateSaturating(value), tags));

    private void Note(Instrument instrument, Measured kind, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            if (!_instruments.TryGetValue(instrument, out Dictionary<string, MeterSeries>? all))
            {
                _instruments[instrument] = all = new Dictionary<string, MeterSeries>(StringComparer.Ordinal);
            }

            string key = Key(tags);
            if (!all.TryGetValue(key, out MeterSeries? series))
            {
                if (all.Count >= MostSeries)
                {
                    Refuse(instrument, string.Create(CultureInfo.InvariantCulture, $"it has more than {MostSeries} sets of tags; the first ones are logged"));
                    return;
                }

                all[key] = series = new MeterSeries(LabelsOf(tags), kind);
            }

            series.Note(value);
        }
    }

    private void Sample()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException e)
        {
            // An instrument threw when it was asked: it is somebody else's, and the others have answered.
            string? why = e.InnerException?.Message;
            _console.Warn(RunEvents.InstrumentRefused, $"an instrument could not be read: {why}", ("Reason", why));
        }

        List<(Instrument Instrument, string Metric, double Value, Labels Labels)> points = [];
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            foreach ((Instrument instrument, Dictionary<string, MeterSeries> all) in _instruments)
            {
                string name = $"meters/{Clean(instrument.Meter.Name)}/{Clean(instrument.Name)}";
                foreach (MeterSeries series in all.Values)
                {
                    points.AddRange(series.Take().Select(point => (instrument, name + point.Suffix, point.Value, series.Labels)));
                }
            }
        }

        foreach ((Instrument instrument, string metric, double value, Labels labels) in points)
        {
            try
            {
                _run.LogQuietly(metric, value, labels);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e) when (e is MetranaException or ArgumentException)
            {
                lock (_gate)
                {
                    Refuse(instrument, e.Message);
                }
            }
        }
    }

    /// <summary>Says once of an instrument what is wrong with it. The lock is held.</summary>
    private void Refuse(Instrument instrument, string why)
    {
        if (_refused.Add(instrument))
        {
            _console.Warn(
                RunEvents.InstrumentRefused,
                $"not everything of the instrument {instrument.Name} of {instrument.Meter.Name} is logged: {why}",
                ("Meter", instrument.Meter.Name),
                ("Instrument", instrument.Name),
                ("Reason", why));
        }
    }
}
