using Metrana.Server;
using Xunit;

namespace Metrana.Tool.Tests.Support;

/// <summary>A server without runs, and a folder for files.</summary>
public sealed class EmptyServer : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metrana-import-");

    public LocalServer Server { get; private set; } = null!;

    public string Data => Path.Combine(_directory.FullName, "data");

    public async Task InitializeAsync() => Server = await LocalServer.StartAsync(new LocalServerOptions { DataDirectory = Data });

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    public string File(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public string File(string name, byte[] bytes)
    {
        var path = File(name, "");
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Place(string name) => Path.Combine(_directory.FullName, name);

    internal TestTool Tool() => new() { Data = Data };
}
