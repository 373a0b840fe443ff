using Metrana.Native;

namespace Metrana;

/// <summary>The options of a run cannot work. The message names every problem, so that one attempt shows them all.</summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class RunStartException(string message, Exception? innerException = null)
    : LoggerInitException(MetranaStatus.InvalidConfig, message, null, innerException)
{
    /// <summary>What is wrong, one text for each problem.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [message];

    internal static void ThrowIfAny(List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new RunStartException($"The run cannot be started: {string.Join("; ", problems)}.") { Problems = [.. problems] };
        }
    }
}
