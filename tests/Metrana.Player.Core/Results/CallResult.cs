using System.Text.Json.Nodes;

namespace Metrana.Player.Results;

/// <summary>What became of a call.</summary>
public abstract record CallResult
{
    private protected CallResult()
    {
    }

    /// <summary>It was taken.</summary>
    public static CallResult Ok { get; } = new OkResult();

    /// <summary>It answered with a value, null included.</summary>
    public static CallResult Of(JsonNode? value) => new ValueResult(value);

    /// <summary>It was refused.</summary>
    public static CallResult Raises(string publishedName, string message) => new RaisedResult(publishedName, message);

    /// <summary>The result as it is written.</summary>
    public abstract JsonNode ToJson();
}

/// <summary>The call was taken.</summary>
public sealed record OkResult : CallResult
{
    /// <inheritdoc />
    public override JsonNode ToJson() => "ok";
}

/// <summary>The call answered.</summary>
/// <param name="Value">With what; null for none.</param>
public sealed record ValueResult(JsonNode? Value) : CallResult
{
    /// <inheritdoc />
    public override JsonNode ToJson() => new JsonObject { ["value"] = Value?.DeepClone() };
}

/// <summary>The call was refused.</summary>
/// <param name="PublishedName">The exception's name in the published client.</param>
/// <param name="Message">What it says.</param>
public sealed record RaisedResult(string PublishedName, string Message) : CallResult
{
    /// <inheritdoc />
    public override JsonNode ToJson() => new JsonObject { ["raises"] = PublishedName, ["message"] = Message };
}
