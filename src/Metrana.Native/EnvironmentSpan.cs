using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metrana.Native;

/// <summary>
/// The environments of one call: a name, a collection expression such as <c>["walker-0", "walker-1"]</c>, or an
/// <see cref="EnvironmentSet"/> created in advance. None of these allocates.
/// </summary>
[CollectionBuilder(typeof(EnvironmentSpan), nameof(Of))]
public readonly ref struct EnvironmentSpan
{
    private EnvironmentSpan(string? one, ReadOnlySpan<string> names, EnvironmentSet? kept)
    {
        One = one;
        Names = names;
        Kept = kept;
    }

    /// <summary>The number of environments.</summary>
    public int Count => Kept is not null ? Kept.Count : One is not null ? 1 : Names.Length;

    /// <summary>The one environment that was given by its name; null when the others say which.</summary>
    internal string? One { get; }

    /// <summary>The names that were written in the call.</summary>
    internal ReadOnlySpan<string> Names { get; }

    /// <summary>The form that was made once.</summary>
    internal EnvironmentSet? Kept { get; }

    /// <summary>One environment.</summary>
    /// <param name="environment">Its name.</param>
    public static implicit operator EnvironmentSpan(string environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new EnvironmentSpan(environment, default, null);
    }

    /// <summary>Environments by name. If an environment is named twice, its rows are logged one after the other.</summary>
    /// <param name="environments">The names.</param>
    public static implicit operator EnvironmentSpan(ReadOnlySpan<string> environments) => Of(environments);

    /// <summary>Environments by name. If an environment is named twice, its rows are logged one after the other.</summary>
    /// <param name="environments">The names.</param>
    public static implicit operator EnvironmentSpan(string[] environments)
    {
        ArgumentNullException.ThrowIfNull(environments);
        return Of(environments);
    }

    /// <summary>Environments by name. If an environment is named twice, its rows are logged one after the other.</summary>
    /// <param name="environments">The names.</param>
    public static implicit operator EnvironmentSpan(Span<string> environments) => Of(environments);

    /// <summary>Environments by name. If an environment is named twice, its rows are logged one after the other.</summary>
    /// <param name="environments">The names.</param>
    public static implicit operator EnvironmentSpan(List<string> environments)
    {
        ArgumentNullException.ThrowIfNull(environments);
        return Of(CollectionsMarshal.AsSpan(environments));
    }

    /// <summary>Environments from a set created in advance.</summary>
    /// <param name="environments">The environments.</param>
    public static implicit operator EnvironmentSpan(EnvironmentSet environments)
    {
        ArgumentNullException.ThrowIfNull(environments);
        return new EnvironmentSpan(null, default, environments);
    }

    /// <summary>Environments by name. If an environment is named twice, its rows are logged one after the other.</summary>
    /// <param name="environments">The names.</param>
    public static EnvironmentSpan Of(ReadOnlySpan<string> environments) => new(null, environments, null);

    /// <summary>Returns an enumerator over the names. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Enumerates the environments of a call.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ref struct Enumerator
    {
        private readonly EnvironmentSpan _environments;
        private int _index;

        internal Enumerator(EnvironmentSpan environments)
        {
            _environments = environments;
            _index = -1;
        }

        /// <summary>The name of the environment at the current position.</summary>
        public readonly string Current =>
            _environments.Kept?.Names[_index] ?? _environments.One ?? _environments.Names[_index];

        /// <summary>Advances to the next environment.</summary>
        public bool MoveNext() => ++_index < _environments.Count;
    }
}
