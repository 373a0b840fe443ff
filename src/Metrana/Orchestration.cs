
namespace Metrana;

/// <summary>Which job this process belongs to. Processes of one job share a run.</summary>
internal static class Orchestration
{
    public const string Variable = "METRANA_ORCHESTRATION_ID";

    /// <summary>Our own variable first, then those of torchrun, Slurm and Ray.</summary>
    private static readonly string[] _variables = [Variable, "TORCHELASTIC_RUN_ID", "SLURM_JOB_ID", "RAY_JOB_ID"];

    /// <summary>The id that was given, the one of the launcher, or a fresh one.</summary>
    public static string Resolve(string? given, Func<string, string?> read)
    {
        if (given?.Trim() is { Length: > 0 } own)
        {
            return own;
        }

        foreach (string variable in _variables)
        {
            if (read(variable)?.Trim() is { Length: > 0 } id)
            {
                return id;
            }
        }

        // No secret, and the generator for secrets needs OpenSSL, which a small container may lack.
        return Guid.NewGuid().ToString("N");
    }

    /// <summary>Hands the id to processes that are started from here on.</summary>
    public static void Publish(string id) => Environment.SetEnvironmentVariable(Variable, id);
}
