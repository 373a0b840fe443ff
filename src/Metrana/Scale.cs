namespace Metrana;

/// <summary>The names of the usual scales. A scale says what a step of a series counts; any other word can be a scale too.</summary>
public static class Scale
{
    /// <summary>One step for each training step, such as a gradient update. This is the default.</summary>
    public const string MlStep = "ML_STEP";

    /// <summary>One step for each episode.</summary>
    public const string Episode = "EPISODE";

    /// <summary>One step for each step of an environment.</summary>
    public const string EnvironmentStep = "ENVIRONMENT_STEP";

    /// <summary>The scale as the engine takes it: the usual ones were made once.</summary>
    internal static Native.Scale Of(string? name) => name switch
    {
        null or MlStep => Native.Scale.MlStep,
        Episode => Native.Scale.Episode,
        EnvironmentStep => Native.Scale.EnvironmentStep,
        _ => name,
    };
}
