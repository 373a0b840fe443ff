using Microsoft.Win32.SafeHandles;

namespace Metrana.Native.Interop;

/// <summary>
/// A native logger and the function that frees it. Freeing waits for nothing and delivers nothing: that is what closing
/// is for, a call of its own.
/// </summary>
internal sealed class LoggerHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public LoggerHandle(nint logger)
        : base(ownsHandle: true) => SetHandle(logger);

    protected override bool ReleaseHandle()
    {
        NativeMethods.LoggerFree(handle);
        return true;
    }
}
