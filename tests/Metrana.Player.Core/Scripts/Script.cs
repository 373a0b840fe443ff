using Metrana.Player.Values;

namespace Metrana.Player.Scripts;

/// <summary>One line of a script file: the calls of one logger on one fresh run.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="Config">Settings of the logger, by their published names.</param>
/// <param name="Calls">What is called, in order.</param>
public sealed record Script(string Name, MappingValue Config, IReadOnlyList<ScriptCall> Calls);

/// <summary>A call of a logger's method.</summary>
/// <param name="Method">The method's published name.</param>
/// <param name="Args">The arguments given by their place.</param>
/// <param name="Kwargs">The arguments given by name.</param>
public sealed record ScriptCall(string Method, IReadOnlyList<ScriptValue> Args, MappingValue Kwargs);
