using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Benchmarks.Serving;

namespace Benchmarks.Floors;

/// <summary>
/// A peer in a process of its own that reads bytes, throws them away, and answers each message with a few: what no server can
/// do faster.
/// </summary>
internal sealed class Drain : IDisposable
{
    /// <summary>The hidden mode of this program that is that process.</summary>
    public const string Mode = "drain";

    /// <summary>What is answered for each message.</summary>
    public const int AckBytes = 8;

    private readonly Process _process;

    private Drain(Process process, Socket socket)
    {
        _process = process;
        Socket = socket;
    }

    /// <summary>The connection to it.</summary>
    public Socket Socket { get; }

    public static Drain Start(int messageBytes)
    {
        ProcessStartInfo start = ChildProcess.Of(Mode, messageBytes.ToString(CultureInfo.InvariantCulture));
        Process process = Process.Start(start)!;
        string line = process.StandardOutput.ReadLine() ?? throw new IOException("The draining process did not start.");
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, int.Parse(line, CultureInfo.InvariantCulture));
        return new Drain(process, socket);
    }

    /// <summary>Is that process: takes one connection and ends with it.</summary>
    public static int Serve(int messageBytes)
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture));
        using Socket peer = listener.Accept();
        peer.NoDelay = true;
        byte[] buffer = new byte[1 << 18];
        byte[] ack = new byte[AckBytes];
        long open = 0;
        int read;
        while ((read = peer.Receive(buffer)) > 0)
        {
            for (open += read; open >= messageBytes; open -= messageBytes)
            {
                peer.Send(ack);
            }
        }

        return 0;
    }

    public void Dispose()
    {
        Socket.Dispose();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
