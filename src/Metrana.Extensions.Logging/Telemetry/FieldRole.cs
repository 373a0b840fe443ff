namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>What a field of an event is, by its name. Of several steps in one event the first in this order counts.</summary>
internal enum FieldRole
{
    Timesteps,
    PolicyVersion,
    Step,
    GlobalStep,
    Update,
    Value,
    Category,
    Message,
    Ignored,
}

/// <summary>Tells the role of a field.</summary>
internal static class FieldRoles
{
    /// <summary>The name under which a state has its template.</summary>
    public const string Template = "{OriginalFormat}";

    /// <summary>Names are compared without case, and those of two words without the line between them: templates of .NET are written so.</summary>
    public static FieldRole Of(string name) => name.Length switch
    {
        4 when Is(name, "step") => FieldRole.Step,
        6 when Is(name, "update") => FieldRole.Update,
        7 when Is(name, "message") => FieldRole.Message,
        8 when Is(name, "category") => FieldRole.Category,
        9 when Is(name, "timesteps") => FieldRole.Timesteps,
        9 when Is(name, "telemetry") => FieldRole.Ignored,
        10 when Is(name, "globalstep") => FieldRole.GlobalStep,
        11 when Is(name, "global_step") => FieldRole.GlobalStep,
        13 when Is(name, "policyversion") => FieldRole.PolicyVersion,
        14 when Is(name, "policy_version") => FieldRole.PolicyVersion,
        16 when name == Template => FieldRole.Ignored,
        0 => FieldRole.Ignored,
        _ => FieldRole.Value,
    };

    /// <summary>Whether it can give an event its step.</summary>
    public static bool IsStep(this FieldRole role) => role <= FieldRole.Update;

    private static bool Is(string name, string word) => name.Equals(word, StringComparison.OrdinalIgnoreCase);
}
