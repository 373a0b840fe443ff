using System.Buffers.Binary;
using Benchmarks.Measuring;
using Metrana.Server;

namespace Benchmarks.Serving;

/// <summary>
/// A local server with a data directory of its own, which acknowledges what survives a power failure. The directory is removed
/// at the end.
/// </summary>
internal sealed class DiskServer : IAsyncDisposable
{
    /// <summary>Of one core: a server that does less has nothing left to seal or to join.</summary>
    private const double RestingShare = 0.02;

    private const double LookSeconds = 2;
    private const double Patience = 900;

    private readonly string _directory;
    private Target? _target;

    private DiskServer(string directory) => _directory = directory;

    public Target Target => _target ?? throw new InvalidOperationException("The server is stopped.");

    public LocalServer Local => Target.Server!;

    public double CpuSeconds => Clocks.OfOther(Local.ProcessId);

    public double ResidentMiB => ResidentMemory.OfOtherMiB(Local.ProcessId);

    /// <summary>The kind of file system that it writes to.</summary>
    public string FileSystem => new DriveInfo(_directory).DriveFormat;

    public long FileBytes => Length(Database);

    /// <summary>The length of the write-ahead log.</summary>
    public long WalBytes => Length(Database + "-wal");

    private string Database => Path.Combine(_directory, "metrana.db");

    /// <summary>Starts one.</summary>
    /// <param name="folder">In which the directory is made.</param>
    public static async Task<DiskServer> StartAsync(string folder)
    {
        DiskServer server = new(Path.Combine(folder, $"metrana-benchmark-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(server._directory);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on what it has.</summary>
    public async Task StartAsync() => _target = await Target.OpenAsync(new TargetOptions { DataDirectory = _directory });

    public async Task StopAsync()
    {
        if (_target is { } target)
        {
            _target = null;
            await target.DisposeAsync();
        }
    }

    /// <summary>Returns when the server has done what it does behind the acknowledgements: sealing, joining, moving the log.</summary>
    /// <exception cref="NotDeliveredException">It does not come to rest.</exception>
    public void Rest()
    {
        double begun = Clocks.Wall;
        double used;
        do
        {
            if (Clocks.Wall - begun > Patience)
            {
                throw new NotDeliveredException($"After {Patience} s without a message the server still works.");
            }

            double before = CpuSeconds;
            Clocks.Pause(LookSeconds);
            used = CpuSeconds - before;
        }
        while (used > RestingShare * LookSeconds);
    }

    /// <summary>The bytes of the pages that the database of a stopped server uses; those on its free list are used again by what comes next.</summary>
    public long UsedBytes()
    {
        if (_target is not null || WalBytes > 0)
        {
            throw new InvalidOperationException("The database is looked at when the server was stopped and has emptied its log.");
        }

        // https://www.sqlite.org/fileformat.html, section 1.3: big-endian numbers at fixed places of the first page.
        Span<byte> head = stackalloc byte[100];
        using (FileStream file = File.OpenRead(Database))
        {
            file.ReadExactly(head);
        }

        uint page = BinaryPrimitives.ReadUInt16BigEndian(head[16..]);
        uint pages = BinaryPrimitives.ReadUInt32BigEndian(head[28..]);
        uint free = BinaryPrimitives.ReadUInt32BigEndian(head[36..]);
        const uint LongestPage = 65_536; // which does not fit and is written as 1
        return (pages - (long)free) * (page == 1 ? LongestPage : page);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static long Length(string path)
    {
        FileInfo file = new(path);
        return file.Exists ? file.Length : 0;
    }
}
