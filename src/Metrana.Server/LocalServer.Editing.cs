using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>Renames, describes, tags, hides or pins a run. The changes are safely stored when the task completes.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="edit">The changes.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run after the change.</returns>
    /// <exception cref="LocalServerException">The run does not exist, the change is invalid, or the server's disk is full.</exception>
    public Task<StoredRun> EditRunAsync(string runId, RunEdit edit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return _http.SendAsync(
            HttpMethod.Patch,
            $"api/v1/runs/{Escape(runId)}",
            edit,
            ServerJson.Default.RunEdit,
            ServerJson.Default.StoredRun,
            cancellationToken);
    }

    /// <summary>Deletes a run with all its data. This cannot be undone.</summary>
    /// <param name="runId">The id of the run: see <see cref="StoredRun.RunId"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public Task DeleteRunAsync(string runId, CancellationToken cancellationToken = default) =>
        _http.DeleteAsync($"api/v1/runs/{Escape(runId)}", cancellationToken);

    /// <summary>Deletes a project with all its runs and traces. This cannot be undone.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="project">The project.</param>
    /// <param name="organization">The organization, if several have a workspace of this name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The project does not exist.</exception>
    public Task DeleteProjectAsync(
        string workspace, string project, string? organization = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(project);
        var query = Query(("workspace", workspace), ("project", project), ("organization", organization));
        return _http.DeleteAsync("api/v1/projects" + query, cancellationToken);
    }
}
