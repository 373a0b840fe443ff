namespace Metrana.Player.Scripts;

/// <summary>A line of a script file is not a script.</summary>
public sealed class ScriptFormatException(int line, string problem, Exception? innerException = null)
    : Exception($"Line {line}: {problem}", innerException)
{
    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}
