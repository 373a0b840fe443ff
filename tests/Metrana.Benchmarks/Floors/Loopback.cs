using System.Net.Sockets;
using Benchmarks.Measuring;

namespace Benchmarks.Floors;

/// <summary>What sending a burst costs at least: its bytes, in frames with a head of nine bytes, over a connection to another process.</summary>
internal sealed class Loopback : IDisposable
{
    private const int HeadBytes = 9;
    private const int MessageBytes = 1 << 20;

    private readonly Drain _drain;
    private readonly int _messages;
    private readonly int _framesPerMessage;
    private readonly List<ArraySegment<byte>> _frame;
    private readonly byte[] _acks;
    private readonly byte[] _body;
    private readonly int _frameBytes;
    private readonly byte[] _head = new byte[HeadBytes];

    public Loopback(int frameBytes, long bytes)
    {
        _frameBytes = frameBytes;
        _framesPerMessage = MessageBytes / frameBytes;
        _messages = (int)Math.Max(1, bytes / MessageBytes);
        _drain = Drain.Start(_framesPerMessage * (frameBytes + HeadBytes));
        _body = new byte[_messages * MessageBytes];
        new Random(1).NextBytes(_body);
        _acks = new byte[_messages * Drain.AckBytes];
        _frame = [_head, default];
    }

    /// <summary>Bytes of a burst, heads apart.</summary>
    public long Bytes => _body.Length;

    /// <summary>Sends a burst and waits for its last answer.</summary>
    /// <returns>CPU and wall seconds.</returns>
    public (double Cpu, double Wall) Send()
    {
        double wall = Clocks.Wall;
        double cpu = Clocks.OfThread;
        for (int at = 0; at < _body.Length; at += _frameBytes)
        {
            _frame[1] = new ArraySegment<byte>(_body, at, _frameBytes);
            int wanted = HeadBytes + _frameBytes;
            int sent = _drain.Socket.Send(_frame);
            if (sent < wanted)
            {
                throw new IOException("A blocking socket sent less than it was given.");
            }
        }

        for (int read = 0; read < _acks.Length;)
        {
            int more = _drain.Socket.Receive(_acks, read, _acks.Length - read, SocketFlags.None);
            if (more == 0)
            {
                throw new IOException("The draining process ended.");
            }

            read += more;
        }

        return (Clocks.OfThread - cpu, Clocks.Wall - wall);
    }

    public void Dispose() => _drain.Dispose();
}
