using Metrana.Server;
using Metrana.Tool.Commands;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Doctoring;

/// <summary>Whether a server answers, and what the environment says of one.</summary>
internal static class ServerChecks
{
    /// <summary>What loggers and servers read. Values are shown of those alone that hold no secret.</summary>
    private static readonly (string Name, bool IsSecret)[] _settings =
    [
        ("METRANA_API_KEY", true),
        ("METRANA_INGESTION_URL", false),
        ("METRANA_PROJECT", false),
        ("METRANA_WORKSPACE", false),
        ("METRANA_INIT_MODE", false),
        ("METRANA_SERVER_DATA", false),
        ("METRANA_SERVER_PATH", false),
        ("METRANA_NATIVE_PATH", false),
    ];

    public static async Task<Finding> ServerAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        const string what = "server";
        try
        {
            var found = place.Url is null
                ? await LocalServer.FindAsync(place.Directory, cancellationToken)
                : LocalServer.At(place.Url, place.Key);
            if (found is null)
            {
                return new Finding(what, FindingState.Note, "none is running", "A run or 'metrana ui' starts one.");
            }

            await using (found)
            {
                var about = await found.GetServerAsync(cancellationToken);
                var text = $"{about.Version} at {found.HttpEndpoint}, process {about.Pid}, health {about.Health.State}";
                return about.Health.State != "good"
                    ? new Finding(what, FindingState.Bad, text, "Its disk is full or broken: make room, or look at server.log in the data directory.")
                    : about.Version != VersionCommand.Own
                        ? new Finding(what, FindingState.Note, text, $"This tool is {VersionCommand.Own}. The server is replaced when it ends.")
                        : new Finding(what, FindingState.Good, text);
            }
        }
        catch (LocalServerException e)
        {
            return new Finding(what, FindingState.Bad, e.Message, place.Url is null
                ? "Its log is the file server.log in the data directory."
                : "Is the address right, and the key? It is taken from --api-key-file or METRANA_API_KEY.");
        }
    }

    public static IEnumerable<Finding> Settings(Func<string, string?> variable)
    {
        foreach (var (name, isSecret) in _settings)
        {
            if (variable(name) is { Length: > 0 } value)
            {
                yield return new Finding("environment", FindingState.Note, isSecret ? $"{name} is set (not shown)" : $"{name} is {WithoutSecrets(value)}");
            }
        }

        if (variable("METRANA_INGESTION_URL") is { Length: > 0 } && variable("METRANA_API_KEY") is not { Length: > 0 })
        {
            yield return new Finding(
                "environment", FindingState.Bad, "METRANA_INGESTION_URL is set and METRANA_API_KEY is not", "Runs that log there need both.");
        }
    }

    /// <summary>An address may hold a user and a password.</summary>
    private static string WithoutSecrets(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && address.UserInfo.Length > 0
            ? address.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped)
            : value;
}
