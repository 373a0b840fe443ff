using Microsoft.Extensions.Logging;

namespace Metrana.Native;

// The names that choices have where they are text: in the environment and in a connection string.
public sealed partial record LoggerConfig
{
    /// <summary>What the published clients call <see cref="DeliveryPolicy.StopOnLoss"/>.</summary>
    private static readonly (string Name, DeliveryPolicy Value) _allOrCrash = ("AllOrCrash", DeliveryPolicy.StopOnLoss);

    /// <summary>The names of levels that the published clients take, and .NET's own where they differ.</summary>
    private static readonly (string Name, LogLevel Value)[] _levels =
    [
        ("TRACE", LogLevel.Trace),
        ("DEBUG", LogLevel.Debug),
        ("INFO", LogLevel.Information),
        ("INFORMATION", LogLevel.Information),
        ("SUCCESS", LogLevel.Information),
        ("WARN", LogLevel.Warning),
        ("WARNING", LogLevel.Warning),
        ("ERROR", LogLevel.Error),
        ("CRITICAL", LogLevel.Critical),
        ("OFF", LogLevel.None),
        ("NONE", LogLevel.None),
    ];

    private static (string Name, T Value)[] Names<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => (value.ToString(), value))];

    /// <summary>Upper and lower case, <c>drop_new</c> and <c>DropNew</c> are the same.</summary>
    private static bool TryChoose<T>(string text, (string Name, T Value)[] known, out T value)
    {
        string plain = text.Replace("_", "", StringComparison.Ordinal);
        foreach ((string name, T choice) in known)
        {
            if (plain.Equals(name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
            {
                value = choice;
                return true;
            }
        }

        value = default!;
        return false;
    }
}
