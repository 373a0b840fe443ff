using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Metrana.Hosting;

/// <summary>
/// Reads options from a section by the table that connection strings are read by: no reflection, so that it works where code is
/// trimmed, and the same words about what is wrong.
/// </summary>
internal sealed class ConfigureRunOptions(IConfiguration section) : IConfigureOptions<RunOptions>
{
    /// <exception cref="OptionsValidationException">Something cannot be read; all of it is in the message.</exception>
    public void Configure(RunOptions options)
    {
        List<string> problems = [];
        foreach (IConfigurationSection setting in section.GetChildren())
        {
            if (setting.Key.Equals(nameof(RunOptions.Config), StringComparison.OrdinalIgnoreCase))
            {
                options.Config = Tree(setting);
            }
            else if (setting.Key.Equals(nameof(RunOptions.Tags), StringComparison.OrdinalIgnoreCase) && setting.Value is null)
            {
                options.Tags = [.. setting.GetChildren().Select(tag => tag.Value ?? "")];
            }
            else if (options.TrySet(setting.Key, setting.Value ?? "") is { } problem)
            {
                problems.Add($"{setting.Path} {problem}");
            }
        }

        if (problems.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(RunOptions), problems);
        }
    }

    /// <summary>A configuration holds only strings, so text that looks like a number or a Boolean becomes one again.</summary>
    private static Dictionary<string, object?> Tree(IConfigurationSection section)
    {
        Dictionary<string, object?> tree = [];
        foreach (IConfigurationSection child in section.GetChildren())
        {
            tree[child.Key] = child.GetChildren().Any() ? Tree(child) : Leaf(child.Value);
        }

        return tree;
    }

    private static object? Leaf(string? text) =>
        text is null ? null
        : bool.TryParse(text, out bool truth) ? truth
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
        : text;
}
