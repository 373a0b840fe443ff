using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Metrana.WireCapture.Grpc;

/// <summary>gRPC's framing of messages in an HTTP body: one byte that tells compression, four of length, the message.</summary>
internal static class GrpcFrames
{
    private const int HeaderLength = 5;

    /// <summary>The next message's bytes, or null where the client has closed its half.</summary>
    public static async Task<byte[]?> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (TryTake(read.Buffer, out var message, out var rest))
            {
                body.AdvanceTo(rest);
                return message;
            }

            if (read.IsCompleted)
            {
                return read.Buffer.IsEmpty ? null : throw new InvalidDataException("The request ends in the middle of a message.");
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static void Write(PipeWriter body, IMessage message)
    {
        var length = message.CalculateSize();
        var frame = body.GetSpan(HeaderLength + length)[..(HeaderLength + length)];
        frame[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(frame[1..], length);
        message.WriteTo(frame[HeaderLength..]);
        body.Advance(frame.Length);
    }

    private static bool TryTake(ReadOnlySequence<byte> buffer, out byte[] message, out SequencePosition rest)
    {
        message = [];
        rest = buffer.Start;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryRead(out var compressed) || !reader.TryReadBigEndian(out int length))
        {
            return false;
        }

        if (compressed != 0)
        {
            throw new InvalidDataException("The message is compressed; nobody asked for that here.");
        }

        if (!reader.TryReadExact(length, out var payload))
        {
            return false;
        }

        message = payload.ToArray();
        rest = reader.Position;
        return true;
    }
}
