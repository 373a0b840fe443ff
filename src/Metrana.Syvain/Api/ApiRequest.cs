namespace Metrana.Syvain.Api;

/// <summary>One request, which may be tried several times.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path and query.</param>
/// <param name="Token">What it is allowed by.</param>
/// <param name="Timeout">How long one try may take.</param>
/// <param name="Body">Its body, as JSON.</param>
/// <param name="IdempotencyKey">What the service knows its repeats by; null for those that change nothing, or that have none.</param>
internal sealed record ApiRequest(
    HttpMethod Method, string Path, Secret Token, TimeSpan Timeout, byte[]? Body = null, Guid? IdempotencyKey = null);

/// <summary>A token that no text shows.</summary>
internal sealed class Secret(string value)
{
    public string Value => value;

    public override string ToString() => "***";

    /// <summary>The text without the token: what a service answers may repeat what it was sent.</summary>
    public string HideIn(string text) => text.Replace(value, "***", StringComparison.Ordinal);
}
