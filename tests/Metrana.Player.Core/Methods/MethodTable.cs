namespace Metrana.Player.Methods;

/// <summary>The methods that can be played.</summary>
internal static class MethodTable
{
    private static readonly Dictionary<string, ICallMethod> _methods = new ICallMethod[]
    {
        new LogStdFloats(),
        new Flush(),
        new GetSeriesLastStep(),
    }.ToDictionary(method => method.Name, StringComparer.Ordinal);

    /// <summary>The method of a published name, or null where it is not built.</summary>
    public static ICallMethod? Find(string name) => _methods.GetValueOrDefault(name);
}
