using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>Names, describes, tags, hides or pins a run. What it changed is safe when this returns.</summary>
    /// <param name="runId">The id of the run, as <see cref="StoredRun.RunId"/> has it.</param>
    /// <param name="edit">What is changed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run as it is then.</returns>
    /// <exception cref="LocalServerException">There is no such run, the change makes no sense, or the server's disk is full.</exception>
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

    /// <summary>Removes a run with all that it holds. Nothing brings it back.</summary>
    /// <param name="runId">The id of the run, as <see cref="StoredRun.RunId"/> has it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">The run does not exist.</exception>
    public Task DeleteRunAsync(string runId, CancellationToken cancellationToken = default) =>
        _http.DeleteAsync($"api/v1/runs/{Escape(runId)}", cancellationToken);

    /// <summary>Removes a project with all its runs and traces. Nothing brings them back.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="project">The project.</param>
    /// <param name="organization">The organization, where several have a workspace of this name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">There is no such project.</exception>
    public Task DeleteProjectAsync(
        string workspace, string project, string? organization = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(project);
        var query = Query(("workspace", workspace), ("project", project), ("organization", organization));
        return _http.DeleteAsync("api/v1/projects" + query, cancellationToken);
    }
}
