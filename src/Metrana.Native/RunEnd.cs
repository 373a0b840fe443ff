using System.Text;

namespace Metrana.Native;

/// <summary>How a run ended, as reported to the service when the run is closed.</summary>
/// <example>
/// <code>
/// logger.Close(RunEnd.Failed("the loss is NaN"));
/// </code>
/// </example>
public readonly record struct RunEnd
{
    /// <summary>What the service takes, in bytes of UTF-8; a longer text is cut.</summary>
    private const int LongestText = 1024;

    private RunEnd(string text) => Text = text;

    /// <summary>The run finished.</summary>
    public static RunEnd Finished => default;

    /// <summary>What the close of the run says; null for one that finished.</summary>
    internal string? Text { get; }

    /// <summary>The run failed.</summary>
    /// <param name="why">What went wrong.</param>
    public static RunEnd Failed(string why) => Of("failed", why);

    /// <summary>The run was ended before it was complete.</summary>
    /// <param name="why">Who or what ended it, or why.</param>
    public static RunEnd Aborted(string why) => Of("aborted", why);

    /// <summary>Returns <c>finished</c>, or the text that the close reports.</summary>
    public override string ToString() => Text ?? "finished";

    private static RunEnd Of(string how, string why)
    {
        ArgumentNullException.ThrowIfNull(why);
        string text = $"{how}: {why}";
        if (Encoding.UTF8.GetMaxByteCount(text.Length) <= LongestText || Encoding.UTF8.GetByteCount(text) <= LongestText)
        {
            return new RunEnd(text);
        }

        Span<byte> bytes = stackalloc byte[LongestText];
        Encoding.UTF8.GetEncoder().Convert(text, bytes, flush: false, out int taken, out _, out _);
        return new RunEnd(text[..taken]);
    }
}
