using System.Collections;

namespace Metrana.Native;

/// <summary>
/// Environments that one logger uses again and again, made once by
/// <see cref="Logger.Environments(ReadOnlySpan{string})"/>: a call with them passes no names. It needs no disposal, never
/// changes, and any number of threads may use it.
/// </summary>
public sealed class EnvironmentSet : IReadOnlyList<string>
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

    /// <summary>The name of one of them.</summary>
    /// <param name="index">Its row.</param>
    public string this[int index] => _names[index];

    /// <summary>A range of them, which is what makes <c>environments[8..16]</c> work. It allocates, so make it once.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="length">How many rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The set has fewer environments.</exception>
    public EnvironmentSet Slice(int start, int length) =>
        new(Owner, _names.AsSpan(start, length).ToArray(), _ids.AsSpan(start, length).ToArray());

    /// <summary>One of them, as a set of its own. It allocates, so make it once.</summary>
    /// <param name="index">Its row.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public EnvironmentSet Only(int index) => Slice(index, 1);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary><c>[walker-0, walker-1]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _names)}]";
}
