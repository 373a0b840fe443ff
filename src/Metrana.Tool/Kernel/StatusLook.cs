using Metrana.Server;
using Spectre.Console;

namespace Metrana.Tool.Kernel;

/// <summary>How the status of a run is written.</summary>
internal static class StatusLook
{
    public static string Name(RunStatus status) => ToolJson.Name(status);

    public static Style Style(string status) => new(status switch
    {
        "running" => Color.Green,
        "failed" or "lost_contact" => Color.Red,
        "aborted" => Color.Yellow,
        _ => Color.Default,
    });
}
