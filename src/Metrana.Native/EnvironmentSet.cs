namespace Metrana.Native;

/// <summary>
/// Environments of one logger that come again and again, made once by
/// <see cref="Logger.Environments(ReadOnlySpan{string})"/>: a call with them brings no name along. It needs no disposing and may
/// be kept for as long as anybody likes.
/// </summary>
public sealed class EnvironmentSet
{
    private readonly string[] _names;
    private readonly uint[] _ids;

    internal EnvironmentSet(Logger owner, string[] names, uint[] ids)
    {
        Owner = owner;
        _names = names;
        _ids = ids;
    }

    /// <summary>How many there are.</summary>
    public int Count => _names.Length;

    /// <summary>Their names, in the order of the rows.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The logger that knows them.</summary>
    internal Logger Owner { get; }

    /// <summary>How the logger knows them.</summary>
    internal ReadOnlySpan<uint> Ids => _ids;

    /// <summary><c>[walker-0, walker-1]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _names)}]";
}
