using System.Security.Cryptography;

namespace Metrana.Native.Interop;

/// <summary>A configuration in the form that crosses, with everything it refers to. Disposing wipes the key.</summary>
internal sealed unsafe class ConfigBlock : IDisposable
{
    private readonly EventsHandle _events;
    private readonly bool _held;

    // Pinned: what is written into the structure is where they lie.
    private readonly byte[] _texts;
    private readonly NativeAggregationRule[] _rules;
    private readonly NativeText[] _labels;
    private readonly int[] _functions;

    /// <param name="config">The configuration, which has been validated.</param>
    /// <param name="events">Where the engine puts its events. They stay until this is disposed.</param>
    /// <param name="tag">What its log lines carry, so that they find their logger.</param>
    public ConfigBlock(LoggerConfig config, EventsHandle events, ulong tag)
    {
        IReadOnlyList<AggregationRule> rules = config.AggregationRules;
        _texts = GC.AllocateArray<byte>(Texts(config).Sum(text => text is null ? 0 : Utf8.MaxBytes(text)) + 1, pinned: true);
        _rules = GC.AllocateArray<NativeAggregationRule>(rules.Count, pinned: true);
        _labels = GC.AllocateArray<NativeText>(rules.Sum(rule => rule.AggregateOverLabels.Count), pinned: true);
        _functions = GC.AllocateArray<int>(rules.Sum(rule => rule.Functions.Count), pinned: true);
        _events = events;
        events.DangerousAddRef(ref _held);
        try
        {
            Config = Write(config, tag);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Good until this is disposed.</summary>
    public NativeConfig Config { get; }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_texts);
        if (_held)
        {
            _events.DangerousRelease();
        }
    }

    private static IEnumerable<string?> Texts(LoggerConfig config) =>
    [
        config.ApiKey, config.Workspace, config.Project, config.RunName, config.Endpoint, config.Organization,
        config.Experiment, config.ParentRunName, config.OrchestrationId, config.ExtraCaPem,
        .. config.AggregationRules.SelectMany<AggregationRule, string?>(rule =>
        [
            rule.MetricName, rule.SourceScale, rule.OutputScale, rule.OutputMetricName, rule.OutputNameSuffix,
            .. rule.AggregateOverLabels,
        ]),
    ];

    private NativeConfig Write(LoggerConfig config, ulong tag)
    {
        fixed (byte* start = _texts)
        {
            NameWriter writer = new(start, _texts.Length);
            NativeConfig native = new()
            {
                ApiKey = writer.WriteOptional(config.ApiKey, nameof(config.ApiKey)),
                Workspace = writer.WriteOptional(config.Workspace, nameof(config.Workspace)),
                Project = writer.WriteOptional(config.Project, nameof(config.Project)),
                RunName = writer.WriteOptional(config.RunName, nameof(config.RunName)),
                Endpoint = writer.WriteOptional(config.Endpoint, nameof(config.Endpoint)),
                Organization = writer.WriteOptional(config.Organization, nameof(config.Organization)),
                Experiment = writer.WriteOptional(config.Experiment, nameof(config.Experiment)),
                ParentRunName = writer.WriteOptional(config.ParentRunName, nameof(config.ParentRunName)),
                OrchestrationId = writer.WriteOptional(config.OrchestrationId, nameof(config.OrchestrationId)),
                ExtraCaPem = writer.WriteOptional(config.ExtraCaPem, nameof(config.ExtraCaPem)),
                Events = _events.DangerousGetHandle(),
                EventTag = tag,
            };
            NativeLogger.CopyNumbers(config, ref native);
            WriteRules(config.AggregationRules, ref writer);
            fixed (NativeAggregationRule* rules = _rules)
            {
                native.AggregationRules = rules;
                native.AggregationRuleCount = (nuint)_rules.Length;
            }

            return native;
        }
    }

    private void WriteRules(IReadOnlyList<AggregationRule> rules, ref NameWriter writer)
    {
        int label = 0;
        int function = 0;
        fixed (NativeText* labels = _labels)
        fixed (int* functions = _functions)
        {
            for (int i = 0; i < _rules.Length; i++)
            {
                AggregationRule rule = rules[i];
                _rules[i] = new NativeAggregationRule
                {
                    MetricName = writer.WriteOptional(rule.MetricName, nameof(rules)),
                    SourceScale = writer.Write(rule.SourceScale, nameof(rules)),
                    OutputScale = writer.Write(rule.OutputScale, nameof(rules)),
                    Functions = functions + function,
                    FunctionCount = (nuint)rule.Functions.Count,
                    Labels = labels + label,
                    LabelCount = (nuint)rule.AggregateOverLabels.Count,
                    OutputMetricName = writer.WriteOptional(rule.OutputMetricName, nameof(rules)),
                    OutputNameSuffix = writer.WriteOptional(rule.OutputNameSuffix, nameof(rules)),
                };
                foreach (AggregationFunction each in rule.Functions)
                {
                    _functions[function++] = (int)each;
                }

                foreach (string each in rule.AggregateOverLabels)
                {
                    _labels[label++] = writer.Write(each, nameof(rules));
                }
            }
        }
    }
}
