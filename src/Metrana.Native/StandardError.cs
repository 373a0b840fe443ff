using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Metrana.Native;

/// <summary>
/// Standard error for the library's own lines. Where it is a pipe, it is written past <see cref="Console"/>: that holds one
/// lock for both of its outputs, so a pipe that nobody reads would block the program's own Console.WriteLine as well.
/// </summary>
internal static class StandardError
{
    private const int Descriptor = 2;

    private static readonly FileStream? _pipe = OpenPipe();

    /// <summary>Writes a line, or nothing where standard error is gone.</summary>
    public static void WriteLine(string line)
    {
        try
        {
            if (_pipe is null)
            {
                Console.Error.WriteLine(line);
            }
            else
            {
                _pipe.Write(Encoding.UTF8.GetBytes(line + Environment.NewLine));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // There is nowhere left to say so.
        }
    }

    private static FileStream? OpenPipe()
    {
        if (OperatingSystem.IsWindows() || !Console.IsErrorRedirected)
        {
            return null;
        }

        try
        {
            FileStream stream = new(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

            // A file is written at the position that all its writers share, which only Console does; and it blocks nobody.
            return stream.CanSeek ? null : stream;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
