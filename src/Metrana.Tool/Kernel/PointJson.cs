using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>A point in the JSON of every command.</summary>
internal static class PointJson
{
    public static string Write(in StoredPoint point) => ToolJson.Write(Of(point));

    public static object Of(in StoredPoint point) => point.RlStep is null
        ? new { point.Step, point.TimestampMillis, point.Value }
        : new { point.Environment, point.RlStep, point.Episode, point.Step, point.TimestampMillis, point.Value };
}
