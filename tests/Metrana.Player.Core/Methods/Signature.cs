using Metrana.Player.Scripts;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>
/// The parameters of a published method: some by place or name, the others by name alone. A name with a question mark may be
/// left out.
/// </summary>
internal sealed class Signature
{
    private readonly string _method;
    private readonly List<string> _byPlace;
    private readonly HashSet<string> _required;
    private readonly HashSet<string> _all;

    public Signature(string method, string[] byPlace, string[]? byName = null)
    {
        string[] written = [.. byPlace, .. byName ?? []];
        _method = method;
        _byPlace = [.. byPlace.Select(name => name.TrimEnd('?'))];
        _all = [.. written.Select(name => name.TrimEnd('?'))];
        _required = [.. written.Where(name => !name.EndsWith('?'))];
    }

    /// <summary>Gives each argument of a call its name.</summary>
    /// <exception cref="RefusalException">The arguments do not fit the parameters.</exception>
    public Arguments Bind(ScriptCall call)
    {
        if (call.Args.Count > _byPlace.Count)
        {
            throw RefusalException.Type(
                $"{_method}() takes {_byPlace.Count} positional arguments but {call.Args.Count} were given");
        }

        var bound = _byPlace.Zip(call.Args).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        foreach (var (name, value) in call.Kwargs.Entries)
        {
            if (!_all.Contains(name))
            {
                throw RefusalException.Type($"{_method}() got an unexpected keyword argument '{name}'");
            }

            if (!bound.TryAdd(name, value))
            {
                throw RefusalException.Type($"{_method}() got multiple values for argument '{name}'");
            }
        }

        foreach (var name in _required.Where(name => !bound.ContainsKey(name)))
        {
            throw RefusalException.Type($"{_method}() missing required argument: '{name}'");
        }

        return new Arguments(bound);
    }
}
