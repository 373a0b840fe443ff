using Microsoft.Win32.SafeHandles;

namespace Metrana.Native.Interop;

/// <summary>A native event queue and the function that frees it.</summary>
internal sealed class EventsHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public EventsHandle(nint events)
        : base(ownsHandle: true) => SetHandle(events);

    protected override bool ReleaseHandle()
    {
        NativeMethods.EventsFree(handle);
        return true;
    }
}
