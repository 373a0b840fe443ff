using System.Collections;

namespace Metrana.Native;

/// <summary>
/// A reusable set of environments, created by <see cref="Logger.Environments(ReadOnlySpan{string})"/>. Calls to that logger pass
/// the set instead of names. It is immutable and thread-safe, and need not be disposed.
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

    /// <summary>The number of environments.</summary>
    public int Count => _names.Length;

    /// <summary>The names of the environments, in the order of the rows.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The logger that knows them.</summary>
    internal Logger Owner { get; }

    /// <summary>How the logger knows them.</summary>
    internal ReadOnlySpan<uint> Ids => _ids;

    /// <summary>The name of the environment at an index.</summary>
    /// <param name="index">The row of the environment.</param>
    public string this[int index] => _names[index];

    /// <summary>Creates a set of a range of environments, such as <c>environments[8..16]</c>. It allocates, so create it once.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="length">The number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range exceeds the set.</exception>
    public EnvironmentSet Slice(int start, int length) =>
        new(Owner, _names.AsSpan(start, length).ToArray(), _ids.AsSpan(start, length).ToArray());

    /// <summary>Creates a set of one of the environments. It allocates, so create it once.</summary>
    /// <param name="index">The row of the environment.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public EnvironmentSet Only(int index) => Slice(index, 1);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns the names, such as <c>[walker-0, walker-1]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _names)}]";
}
