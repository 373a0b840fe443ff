namespace Metrana.Tests.Support;

/// <summary>What the programs of the documentation find in place of the services that are not ours, and the files that they expect.</summary>
internal sealed class SnippetPeers : IAsyncDisposable
{
    private readonly string _folder;

    /// <param name="folder">Where the programs run.</param>
    public SnippetPeers(string folder)
    {
        _folder = folder;

        // As the command line of the service leaves it after a login: it leads to another address than the usual one.
        string login = Directory.CreateDirectory(Path.Combine(folder, "config", "syvain-metrics")).FullName;
        File.WriteAllText(Path.Combine(login, "auth.json"), $$"""{"apiKey": "ak_org_test", "host": "{{Syvain.Host}}"}""");
    }

    public MLflow.Tests.ScriptedPeer Mlflow { get; } = new();

    public Syvain.Tests.Support.StandIn Syvain { get; } = new();

    /// <summary>What leads the programs here.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables =>
    [
        ("MLFLOW_TRACKING_URI", Mlflow.Address),
        ("SYVAIN_METRICS_API_KEY", "local"),
        ("XDG_CONFIG_HOME", Path.Combine(_folder, "config")),
    ];

    public async ValueTask DisposeAsync()
    {
        Syvain.Dispose();
        await Mlflow.DisposeAsync();
    }
}
