namespace Metrana;

/// <summary>Where a run is on the page of a server: the view that shows its curves, as the page itself writes it into its address.</summary>
internal static class PageAddress
{
    public static string Of(string page, string? workspace, string project, string id)
    {
        page = page.TrimEnd('/');
        return workspace is null || id.Length == 0
            ? page
            : $"{page}/?workspace={Uri.EscapeDataString(workspace)}&project={Uri.EscapeDataString(project)}&runs={id}";
    }
}
