using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Metrana.Native.Interop;

/// <summary>Turns the status of a call, and the error that it gave out, into an exception.</summary>
internal static class NativeError
{
    /// <summary>Throws unless the call succeeded, and frees the error in any case.</summary>
    /// <param name="status">What the call answered.</param>
    /// <param name="error">What it put into its error pointer: nothing when it succeeded.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ThrowIfFailed(int status, nint error = 0)
    {
        if (status != (int)MetranaStatus.Ok)
        {
            Throw(status, error);
        }
    }

    /// <summary>
    /// Whether a call by a handle was accepted. A refusal is let go: the same call by its name is refused as well, in words that
    /// say the name. Everything else is thrown.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAccepted(int status, nint error)
    {
        if (status == (int)MetranaStatus.Ok)
        {
            return true;
        }

        if (status != (int)MetranaStatus.Validation)
        {
            Throw(status, error);
        }

        NativeMethods.ErrorFree(error);
        return false;
    }

    /// <summary>What a native error says. It stays with its owner.</summary>
    public static Failure Read(nint error)
    {
        int grpc = NativeMethods.ErrorGrpcCode(error);
        return new Failure(
            (MetranaStatus)NativeMethods.ErrorStatus(error),
            grpc < 0 ? null : grpc,
            Utf8.Read(NativeMethods.ErrorMessage(error)));
    }

    [DoesNotReturn]
    private static void Throw(int status, nint error)
    {
        Failure failure;
        try
        {
            failure = error == 0
                ? new Failure((MetranaStatus)status, null, $"The native library answered status {status} ({(MetranaStatus)status}).")
                : Read(error);
        }
        finally
        {
            NativeMethods.ErrorFree(error);
        }

        throw StatusTable.ToException(failure);
    }
}
