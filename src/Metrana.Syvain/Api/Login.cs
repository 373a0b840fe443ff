using System.Text.Json;

namespace Metrana.Syvain.Api;

/// <summary>Where the service is and what opens it: options, then the environment, then the file of its command line.</summary>
internal sealed record Login(Uri Host, Secret ApiKey)
{
    private const string DefaultHost = "https://metrics.syvain.com";
    private const string DevelopmentHost = "https://syvain-metrics-app-dev.syvaintech.workers.dev";

    /// <exception cref="ArgumentException">There is no key, or the address is none.</exception>
    public static Login Find(CollectorOptions options, Func<string, string?> variable)
    {
        string key = (options.ApiKey ?? variable(CollectorOptions.ApiKeyVariable) ?? "").Trim();
        LoginFile? file = key is "local" or "local-dev" ? Read(key == "local", variable) : null;
        key = file is null ? key : file.ApiKey?.Trim() ?? "";
        if (key.Length == 0)
        {
            throw new ArgumentException(
                $"There is no API key. Set {nameof(CollectorOptions)}.{nameof(CollectorOptions.ApiKey)} or the variable {CollectorOptions.ApiKeyVariable}.", nameof(options));
        }

        if (key.Any(c => c is <= ' ' or > '~'))
        {
            throw new ArgumentException("The API key contains characters that no key has, such as a blank or a line break.", nameof(options));
        }

        bool isDevelopment = (options.ApiKey ?? variable(CollectorOptions.ApiKeyVariable))?.Trim() == "local-dev";
        return new Login(CheckHost(options.Host ?? file?.Host ?? (isDevelopment ? DevelopmentHost : DefaultHost)), new Secret(key));
    }

    /// <summary>An address and nothing else: what stands behind or in it would be lost, or is a secret in the wrong place.</summary>
    private static Uri CheckHost(string host)
    {
        if (!Uri.TryCreate(host.Trim(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            throw new ArgumentException("The host of the service is no address such as https://metrics.syvain.com.");
        }

        if (uri.UserInfo.Length > 0 || uri.AbsolutePath != "/" || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new ArgumentException(
                $"The host of the service is an address alone, {uri.Scheme}://{uri.Authority}, without a user, a path, a query or a fragment.");
        }

        return uri;
    }

    private static LoginFile Read(bool isProduction, Func<string, string?> variable)
    {
        string folder = variable("XDG_CONFIG_HOME") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        string path = Path.Combine(folder, isProduction ? "syvain-metrics" : "syvain-metrics-dev", "auth.json");
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), PayloadContext.Default.LoginFile) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Without the reader's own message, which quotes the file.
            throw new ArgumentException(
                $"The API key '{(isProduction ? "local" : "local-dev")}' means the login file {path}, which {(e is JsonException ? "is no JSON object of text members" : "cannot be read")}. Log in with the service's command line, or give a key.");
        }
    }
}
