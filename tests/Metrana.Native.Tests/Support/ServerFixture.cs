using Metrana.Server;

namespace Metrana.Native.Tests.Support;

/// <summary>One server for the tests of a class, each of which has a run of its own.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private LocalServer? _server;

    public LocalServer Server => _server ?? throw new InvalidOperationException("The server is started before the first test.");

    public async Task InitializeAsync() => _server = await LocalServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
