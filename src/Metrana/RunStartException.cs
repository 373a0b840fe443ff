using Metrana.Native;

namespace Metrana;

/// <summary>The exception that is thrown when the options of a run are invalid. The message lists every problem.</summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class RunStartException(string message, Exception? innerException = null)
    : LoggerInitException(MetranaStatus.InvalidConfig, message, null, innerException)
{
    /// <summary>The problems, one text for each.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [message];

    internal static void ThrowIfAny(List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new RunStartException($"The run cannot be started: {string.Join("; ", problems)}.") { Problems = [.. problems] };
        }
    }
}
