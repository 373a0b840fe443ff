using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Metrana.Extensions.Logging.Filtering;

/// <summary>Has the last word about the filters of a program's logging.</summary>
internal sealed class FilterReplacement(string? directives, bool backendLogsVisible) : IPostConfigureOptions<LoggerFilterOptions>
{
    public const string VisibleKey = "Logging:BackendLogsVisible";

    /// <summary>Categories of compute backends: a line for each kernel that they compile says nothing about training.</summary>
    private static readonly string[] _backends = ["CubeCL", "Cuda", "TorchSharp", "ILGPU", "ComputeSharp", "Microsoft.ML.OnnxRuntime"];

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        if (!string.IsNullOrWhiteSpace(directives))
        {
            FilterDirectives given = FilterDirectives.Parse(directives);
            options.Rules.Clear();
            options.MinLevel = given.Everything;
            foreach ((string prefix, LogLevel level) in given.Categories)
            {
                options.Rules.Add(new LoggerFilterRule(null, prefix, level, null));
            }
        }
        else if (!backendLogsVisible)
        {
            foreach (string backend in _backends.Where(backend => !options.Rules.Any(rule => Names(rule, backend))))
            {
                options.Rules.Add(new LoggerFilterRule(null, backend, LogLevel.None, null));
            }
        }
    }

    /// <summary>Whether somebody configured this backend, or a part of it, by name.</summary>
    private static bool Names(LoggerFilterRule rule, string backend) =>
        rule.CategoryName?.StartsWith(backend, StringComparison.OrdinalIgnoreCase) ?? false;
}
