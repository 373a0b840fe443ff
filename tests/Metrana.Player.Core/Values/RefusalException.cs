namespace Metrana.Player.Values;

/// <summary>A call that the API has no way to express: the published client refuses it with this exception.</summary>
public sealed class RefusalException : Exception
{
    private RefusalException(string publishedName, string message)
        : base(message) => PublishedName = publishedName;

    /// <summary>The exception's name in the published client.</summary>
    public string PublishedName { get; }

    /// <summary>An argument is of another kind.</summary>
    public static RefusalException Type(string message) => new("TypeError", message);

    /// <summary>An argument has a value that it may not have.</summary>
    public static RefusalException Value(string message) => new("ValueError", message);

    /// <summary>A number is outside its type.</summary>
    public static RefusalException Overflow(string message) => new("OverflowError", message);

    /// <summary>An integer that attributes have no room for.</summary>
    public static RefusalException JsonNumber(string message) => new("Exception", message);

    /// <summary>There is no such method or setting.</summary>
    public static RefusalException NotSupported(string message) => new("NotSupported", message);
}
