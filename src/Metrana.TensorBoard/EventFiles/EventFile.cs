using System.Buffers.Binary;
using Google.Protobuf;
using Metrana.TensorBoard.Protocol;

namespace Metrana.TensorBoard.EventFiles;

/// <summary>A file that events are appended to, in batches that are there whole or not at all.</summary>
internal sealed class EventFile : IAsyncDisposable
{
    private const string Version = "brain.Event:2";
    private const int BufferLength = 1 << 16;

    private readonly FileStream _file;
    private byte[] _buffer = new byte[BufferLength];
    private int _used;

    private EventFile(FileStream file) => _file = file;

    /// <summary>Where it lies.</summary>
    public string Path => _file.Name;

    /// <summary>Makes a file with its first event. A folder may have several: those of one run are read in the order of their names.</summary>
    public static async Task<EventFile> CreateAsync(string folder, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        EventFile made = new(Open(folder, now));
        try
        {
            made.Add(new Event { WallTime = Seconds(now), FileVersion = Version });
            await made.CommitAsync(cancellationToken).ConfigureAwait(false);
            return made;
        }
        catch
        {
            await made.DisposeAsync().ConfigureAwait(false);
            File.Delete(made.Path);
            throw;
        }
    }

    public static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>Puts an event into the batch.</summary>
    public void Add(Event made)
    {
        int length = made.CalculateSize();
        int framed = RecordFrame.HeadLength + length + RecordFrame.TailLength;
        if (_buffer.Length - _used < framed)
        {
            Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _used + framed));
        }

        Span<byte> frame = _buffer.AsSpan(_used, framed);
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[sizeof(ulong)..], RecordFrame.Checksum(frame[..sizeof(ulong)]));
        Span<byte> record = frame.Slice(RecordFrame.HeadLength, length);
        made.WriteTo(record);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[(RecordFrame.HeadLength + length)..], RecordFrame.Checksum(record));
        _used += framed;
    }

    /// <summary>Hands the batch to the system. A process that is killed afterwards loses nothing of it.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        long before = _file.Position;
        try
        {
            await _file.WriteAsync(_buffer.AsMemory(0, _used), cancellationToken).ConfigureAwait(false);
            await _file.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Half a record would hide all that come after it.
            _file.SetLength(before);
            throw;
        }
        finally
        {
            _used = 0;
            _buffer = _buffer.Length > 16 * BufferLength ? new byte[BufferLength] : _buffer;
        }
    }

    /// <summary>Drops the batch.</summary>
    public void Discard() => _used = 0;

    /// <summary>Has the system put everything on the disk: then a machine that loses its power loses nothing of it either.</summary>
    public void Sync() => _file.Flush(flushToDisk: true);

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static FileStream Open(string folder, DateTimeOffset now)
    {
        // Names begin with the second, and a run may be resumed within it.
        for (int again = 0; ; again++)
        {
            string name = FormattableString.Invariant($"events.out.tfevents.{now.ToUnixTimeSeconds():0000000000}.{Environment.MachineName}.{Environment.ProcessId}.{again}");
            try
            {
                return new FileStream(System.IO.Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            }
            catch (IOException) when (File.Exists(System.IO.Path.Combine(folder, name)))
            {
                // The next number.
            }
        }
    }
}
