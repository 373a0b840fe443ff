using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>A run in the JSON of every command.</summary>
internal sealed record RunJson(
    string Id,
    string Workspace,
    string Project,
    string RunName,
    string Name,
    string? Experiment,
    string Status,
    string? CloseMessage,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastContactAt,
    DateTimeOffset? ClosedAt,
    IReadOnlyList<string> Tags,
    string Notes,
    bool Hidden,
    bool Pinned,
    long Series,
    long Points)
{
    public static RunJson Of(StoredRun run) => new(
        run.RunId,
        run.Workspace,
        run.Project,
        run.RunName,
        run.Name,
        run.Experiment,
        StatusLook.Name(run.Status),
        run.CloseMessage,
        Figures.Moment(run.CreatedAtMillis),
        Moment(run.LastContactMillis),
        Moment(run.ClosedAtMillis),
        run.Tags,
        run.Notes,
        run.Hidden,
        run.Pinned,
        run.Series,
        run.Points);

    /// <summary>The family of a series, in the short word that the server has for it.</summary>
    public static string World(StoredSeries series) => series.Family switch
    {
        SeriesFamily.Ordinary => "std",
        SeriesFamily.ReinforcementLearning => "rl",
        _ => "undefined",
    };

    private static DateTimeOffset? Moment(long? millis) => millis is { } there ? Figures.Moment(there) : null;
}
