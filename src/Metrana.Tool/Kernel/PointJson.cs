using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>A point in the JSON of every command.</summary>
internal static class PointJson
{
    public static string Write(in StoredPoint point) => point.RlStep is null
        ? ToolJson.Write(new { point.Step, point.TimestampMillis, point.Value })
        : ToolJson.Write(new { point.Environment, point.RlStep, point.Episode, point.Step, point.TimestampMillis, point.Value });
}
