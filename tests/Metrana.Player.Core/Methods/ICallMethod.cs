using Metrana.Native;
using Metrana.Player.Results;

namespace Metrana.Player.Methods;

/// <summary>A method of the published logger, played on ours. One class a method; <see cref="MethodTable"/> lists them.</summary>
internal interface ICallMethod
{
    /// <summary>The published name.</summary>
    string Name { get; }

    /// <summary>The published parameters.</summary>
    Signature Signature { get; }

    /// <summary>Makes the call.</summary>
    CallResult Play(Logger logger, Arguments arguments);
}
