using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Metrana.Native;

/// <summary>
/// Puts a handler of a signal behind all others. The runtime asks the newest handler first, so the program's own, made before
/// the first logger, would otherwise be asked after ours, and nobody could know whether it keeps the process alive.
/// </summary>
/// <remarks>
/// The runtime has no public way to say this, so its list of handlers is reordered by reflection. A runtime that keeps it
/// otherwise is left as it is, and <see cref="TryPutLast(PosixSignalRegistration)"/> says so.
/// </remarks>
internal static class SignalOrder
{
    /// <summary>Makes a registration the last that is asked, for good: those that come later are asked before it.</summary>
    /// <returns>Whether that was possible.</returns>
    [SuppressMessage("Major Code Smell", "S3011", Justification = "There is no public way; without it the answer is false.")]
    public static bool TryPutLast(PosixSignalRegistration registration)
    {
        try
        {
            object? token = typeof(PosixSignalRegistration)
                .GetField("_token", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(registration);
            object? registrations = typeof(PosixSignalRegistration)
                .GetField("s_registrations", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null);
            return token is not null && registrations is IDictionary bySignal && TryPutLast(token, bySignal);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>The dictionary is its own lock, and is held by the runtime while it copies a list.</summary>
    private static bool TryPutLast(object token, IDictionary bySignal)
    {
        lock (bySignal)
        {
            foreach (object? value in bySignal.Values)
            {
                if (value is IList handlers && handlers.Contains(token))
                {
                    handlers.Remove(token);
                    handlers.Insert(0, token);
                    return true;
                }
            }
        }

        return false;
    }
}
