namespace Metrana.Player.Methods;

/// <summary>The methods that can be played.</summary>
internal static class MethodTable
{
    private static readonly Dictionary<string, ICallMethod> _methods = new ICallMethod[]
    {
        new LogStdFloats(),
        new LogDistributedFloats(),
        new LogRlFloats(),
        new LogHistograms(),
        new LogScatters(),
        new LogConfig(),
        new LogAttributes(),
        new LogEnvAttributes(),
        new SetTags(),
        new UpdateTags(),
        new SetDescription(),
        new Flush(),
        new GetSeriesLastStep(),
        new GetEnvLastRlStepAndEpisode(),
    }.ToDictionary(method => method.Name, StringComparer.Ordinal);

    /// <summary>The method of a published name, or null where there is none.</summary>
    public static ICallMethod? Find(string name) => _methods.GetValueOrDefault(name);
}
