using Metrana.Native;
using static Metrana.Backends.CallShape;

namespace Metrana.Backends;

/// <summary>Keeps everything in memory, with the steps that the engine would give.</summary>
internal sealed class MemoryBackend(TimeProvider clock) : Backend
{
    private readonly object _gate = new();
    private readonly Dictionary<string, long> _lastSteps = [];
    private readonly Dictionary<(string Series, string Environment, long RlStep, long? Episode), long> _nextEnvironmentSteps = [];
    private readonly Dictionary<string, (long? RlStep, long? Episode)> _progress = [];
    private readonly Dictionary<string, object?> _attributes = [];
    private readonly Dictionary<(string Environment, long? Episode), Dictionary<string, object?>> _environmentAttributes = [];
    private readonly KindBooks _books = new();

    public override bool RunWasCreated => true;

    public override string RunId => "in-memory";

    public override Metrics Metrics
    {
        get
        {
            lock (_gate)
            {
                return _books.With(default);
            }
        }
    }

    public List<LoggedPoint> Points { get; } = [];

    public List<LoggedHistogram> Histograms { get; } = [];

    public List<LoggedScatter> Scatters { get; } = [];

    public List<string> Tags { get; } = [];

    public string? Description { get; private set; }

    public RunOutcome Outcome { get; private set; }

    public string? Message { get; private set; }

    public bool Closed { get; private set; }

    public IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }

    public IReadOnlyDictionary<string, object?> CopyAttributes()
    {
        lock (_gate)
        {
            return new Dictionary<string, object?>(_attributes);
        }
    }

    public IReadOnlyDictionary<string, object?> CopyEnvironmentAttributes(string environment, long? episode)
    {
        lock (_gate)
        {
            return _environmentAttributes.TryGetValue((environment, episode), out Dictionary<string, object?>? all)
                ? new Dictionary<string, object?>(all)
                : [];
        }
    }

    public override void Log(scoped in StdCall call, ReadOnlySpan<double> values)
    {
        CheckName(call.Metric);
        Check(call, values.Length);
        lock (_gate)
        {
            Add(call.Metric, call, values);
        }
    }

    public override void Log(scoped in StdCall call, ReadOnlySpan<float> values) => Log(call, Wide(values));

    public override void LogTogether(scoped in StdCall shared, ReadOnlySpan<(string Metric, double Value)> metrics)
    {
        Check(shared, 1);
        foreach ((string metric, _) in metrics)
        {
            CheckName(metric);
        }

        lock (_gate)
        {
            foreach ((string metric, double value) in metrics)
            {
                Add(metric, shared, [value]);
            }
        }
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<double> values)
    {
        CheckName(block.Metric);
        CheckStrategy(block);
        int environments = block.Environments.Count;
        RlCall.Check(block.Metric, block.RlStep, environments, values.Length, block.Width);
        Spread episodes = block.Episodes.Spread.For(environments, values.Length);
        Spread steps = block.Steps.Spread.For(environments, values.Length);
        Spread times = block.Timestamps.Spread.For(environments, values.Length);
        CheckSpread(episodes, environments, values.Length, "episode");
        CheckSpread(steps, environments, values.Length, "step");
        CheckSpread(times, environments, values.Length, "timestamp");
        int width = environments == 0 ? 0 : values.Length / environments;
        Dictionary<string, string> labels = LabelsOf(block.Labels);
        string series = Key(block.Metric, block.Scale.Name, labels);
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            int row = 0;
            foreach (string environment in block.Environments)
            {
                for (int column = 0; column < width; column++)
                {
                    int at = (row * width) + column;
                    long? episode = Pick(episodes, row, at);
                    var lane = (series, environment, block.RlStep, episode);
                    long step = steps.Kind == SpreadKind.Grid ? steps.Values[at]
                        : Pick(steps, row, at) is { } first ? first + column
                        : _nextEnvironmentSteps.GetValueOrDefault(lane);
                    _nextEnvironmentSteps[lane] = Math.Max(_nextEnvironmentSteps.GetValueOrDefault(lane), step + 1);
                    Points.Add(new LoggedPoint
                    {
                        Metric = block.Metric,
                        Scale = block.Scale.Name,
                        Labels = labels,
                        Value = values[at],
                        Step = step,
                        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(Pick(times, row, at) ?? now),
                        RlStep = block.RlStep,
                        Environment = environment,
                        EpisodeNumber = episode,
                    });
                    (long? RlStep, long? Episode) before = _progress.GetValueOrDefault(environment);
                    _progress[environment] = (Max(before.RlStep, block.RlStep), Max(before.Episode, episode));
                }

                row++;
            }

            _books.Deliver(DataKind.RlFloats, values.Length);
        }
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<float> values) => Log(block, Wide(values));

    public override void LogHistogram(scoped in SetCall call, scoped in BinnedValues bins)
    {
        CheckName(call.Metric);
        CheckBins(bins.Edges, bins.Counts.Length + bins.Densities.Length);
        Dictionary<string, string> labels = LabelsOf(call.Labels);
        LoggedHistogram histogram = new()
        {
            Metric = call.Metric,
            Scale = call.Scale.Name,
            Labels = labels,
            Step = call.Step,
            Edges = bins.Edges.ToArray(),
            Counts = bins.Counts.ToArray(),
            Densities = bins.Densities.ToArray(),
            Stats = bins.Stats,
        };
        string series = Key(call.Metric, call.Scale.Name, labels);
        lock (_gate)
        {
            Histograms.Add(histogram);
            _lastSteps[series] = Math.Max(call.Step, _lastSteps.GetValueOrDefault(series, -1));
            _books.Deliver(DataKind.Histograms, 1);
        }
    }

    public override void LogScatter(
        scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, bool is3D, AxisTitles titles)
    {
        CheckName(call.Metric);
        Dictionary<string, string> labels = LabelsOf(call.Labels);
        LoggedScatter scatter = new()
        {
            Metric = call.Metric,
            Scale = call.Scale.Name,
            Labels = labels,
            Step = call.Step,
            Xs = xs.ToArray(),
            Ys = ys.ToArray(),
            Zs = zs.ToArray(),
        };
        string series = Key(call.Metric, call.Scale.Name, labels);
        lock (_gate)
        {
            Scatters.Add(scatter);
            _lastSteps[series] = Math.Max(call.Step, _lastSteps.GetValueOrDefault(series, -1));
            _books.Deliver(DataKind.Scatters, 1);
        }
    }

    public override void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> leaves)
    {
        lock (_gate)
        {
            foreach ((string path, object? value) in leaves)
            {
                _attributes[prefix.Length == 0 ? path : path.Length == 0 ? prefix : $"{prefix}/{path}"] = value;
            }

            _books.Deliver(DataKind.Attributes, leaves.Count);
        }
    }

    public override void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> leaves, long? episode)
    {
        lock (_gate)
        {
            if (!_environmentAttributes.TryGetValue((environment, episode), out Dictionary<string, object?>? all))
            {
                _environmentAttributes[(environment, episode)] = all = [];
            }

            foreach ((string path, object? value) in leaves)
            {
                all[path] = value;
            }

            _books.Deliver(DataKind.EnvironmentAttributes, leaves.Count);
        }
    }

    public override void SetTags(string[] tags)
    {
        lock (_gate)
        {
            Tags.Clear();
            Tags.AddRange(tags.Distinct(StringComparer.Ordinal));
            _books.Deliver(DataKind.Attributes, 1);
        }
    }

    public override void UpdateTags(string[] added, string[] removed)
    {
        lock (_gate)
        {
            Tags.RemoveAll(removed.Contains);
            Tags.AddRange(added.Where(tag => !Tags.Contains(tag)).Distinct(StringComparer.Ordinal));
            _books.Deliver(DataKind.Attributes, 1);
        }
    }

    public override void SetDescription(string description)
    {
        lock (_gate)
        {
            Description = description;
            _books.Deliver(DataKind.Attributes, 1);
        }
    }

    public override long? GetLastStep(string metric, Native.Scale scale, LabelSpan labels)
    {
        string series = Key(metric, scale.Name, LabelsOf(labels));
        lock (_gate)
        {
            return _lastSteps.TryGetValue(series, out long step) ? step : null;
        }
    }

    public override (long? RlStep, long? Episode) GetEnvironmentProgress(string environment)
    {
        lock (_gate)
        {
            return _progress.GetValueOrDefault(environment);
        }
    }

    public override long? GetLastRlStep()
    {
        lock (_gate)
        {
            return _progress.Values.Max(progress => progress.RlStep);
        }
    }

    public override void Flush(TimeSpan? timeout)
    {
    }

    public override Task FlushAsync(TimeSpan? timeout, CancellationToken cancellationToken) => Task.CompletedTask;

    public override void End(EndOfRun end)
    {
        lock (_gate)
        {
            Closed = end.CloseRun;
            Outcome = end.CloseRun ? end.Outcome : RunOutcome.Running;
            Message = end.Message;
        }
    }

    public override Task EndAsync(EndOfRun end)
    {
        End(end);
        return Task.CompletedTask;
    }

    private static long? Max(long? left, long? right) => left > right || right is null ? left : right;

    private void Add(string metric, scoped in StdCall call, ReadOnlySpan<double> values)
    {
        Dictionary<string, string> labels = LabelsOf(call.Labels);
        string series = Key(metric, call.Scale.Name, labels);
        long next = _lastSteps.GetValueOrDefault(series, -1) + 1;
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (int i = 0; i < values.Length; i++)
        {
            long step = call.Steps.Kind switch
            {
                StepsKind.From => call.Steps.First + i,
                StepsKind.Each => call.Steps.Values[i],
                _ => next + i,
            };
            long time = call.Timestamps.Kind switch
            {
                TimestampsKind.At => call.Timestamps.Millis,
                TimestampsKind.Each => call.Timestamps.Values[i],
                _ => now,
            };
            Points.Add(new LoggedPoint
            {
                Metric = metric,
                Scale = call.Scale.Name,
                Labels = labels,
                Value = values[i],
                Step = step,
                Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(time),
                Distributed = call.Distributed,
            });
            _lastSteps[series] = Math.Max(step, _lastSteps.GetValueOrDefault(series, -1));
        }

        _books.Deliver(DataKind.Floats, values.Length);
    }
}
