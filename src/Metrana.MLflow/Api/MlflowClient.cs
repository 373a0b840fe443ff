using System.Net;

namespace Metrana.MLflow.Api;

/// <summary>The calls of MLflow's tracking server that a run needs.</summary>
internal sealed class MlflowClient(MlflowHttp http) : IDisposable
{
    private const string AlreadyThere = "RESOURCE_ALREADY_EXISTS";

    public void Dispose() => http.Dispose();

    /// <summary>The id of an experiment, which is created where it is missing.</summary>
    public async Task<string> FindOrCreateExperimentAsync(string name, CancellationToken cancellationToken)
    {
        if (await FindExperimentAsync(name, cancellationToken).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        try
        {
            ExperimentOf created = await http.PostAsync(
                "experiments/create", new CreateExperiment(name), MlflowJson.Default.CreateExperiment, MlflowJson.Default.ExperimentOf,
                cancellationToken).ConfigureAwait(false);
            return created.ExperimentId ?? throw NotSaid("experiments/create");
        }
        catch (MlflowException e) when (e.ErrorCode == AlreadyThere)
        {
            // Somebody else was faster.
            return await FindExperimentAsync(name, cancellationToken).ConfigureAwait(false) ?? throw NotSaid("experiments/get-by-name");
        }
    }

    /// <summary>The id of the experiment that an existing run belongs to.</summary>
    public async Task<string> ExperimentOfAsync(string runId, CancellationToken cancellationToken)
    {
        RunAnswer answer = await http.GetAsync(
            $"runs/get?run_id={Uri.EscapeDataString(runId)}", MlflowJson.Default.RunAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Run?.Info?.ExperimentId is { Length: > 0 } id ? id : throw NotSaid("runs/get");
    }

    /// <summary>The run with a tag of this value, if there is one.</summary>
    /// <param name="experimentId">The experiment that it is looked for in.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="value">Its value.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="attempts">How often it is tried in all; left out, as often as the settings say.</param>
    public async Task<string?> FindRunAsync(
        string experimentId, string tag, string value, CancellationToken cancellationToken, int? attempts = null)
    {
        string filter = $"tags.\"{tag}\" = '{value.Replace("'", "", StringComparison.Ordinal)}'";
        RunsAnswer answer = await http.PostAsync(
            "runs/search", new SearchRuns([experimentId], filter, 1), MlflowJson.Default.SearchRuns, MlflowJson.Default.RunsAnswer,
            cancellationToken, attempts: attempts).ConfigureAwait(false);
        return answer.Runs is [{ Info.RunId: { Length: > 0 } id }, ..] ? id : null;
    }

    /// <summary>Creates a run, once: when an answer is lost, the run is looked for by a tag that no other run has.</summary>
    public async Task<string> CreateRunAsync(CreateRun run, string uniqueTag, CancellationToken cancellationToken)
    {
        string mark = run.Tags.Single(tag => tag.Key == uniqueTag).Value;
        RunAnswer answer = await http.PostAsync(
            "runs/create", run, MlflowJson.Default.CreateRun, MlflowJson.Default.RunAnswer, cancellationToken,
            async () => await FindRunAsync(run.ExperimentId, uniqueTag, mark, cancellationToken, attempts: 1).ConfigureAwait(false) is { } id
                ? new RunAnswer(new RunOf(new RunInfo(id, run.ExperimentId)))
                : null).ConfigureAwait(false);
        return answer.Run?.Info?.RunId is { Length: > 0 } created ? created : throw NotSaid("runs/create");
    }

    public async Task UpdateRunAsync(UpdateRun update, CancellationToken cancellationToken) => await http.PostAsync(
        "runs/update", update, MlflowJson.Default.UpdateRun, MlflowJson.Default.Nothing, cancellationToken).ConfigureAwait(false);

    public async Task LogBatchAsync(LogBatch batch, CancellationToken cancellationToken) => await http.PostAsync(
        "runs/log-batch", batch, MlflowJson.Default.LogBatch, MlflowJson.Default.Nothing, cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes a tag; one that is not there is gone already.</summary>
    public async Task DeleteTagAsync(DeleteTag tag, CancellationToken cancellationToken)
    {
        try
        {
            await http.PostAsync("runs/delete-tag", tag, MlflowJson.Default.DeleteTag, MlflowJson.Default.Nothing, cancellationToken).ConfigureAwait(false);
        }
        catch (MlflowException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
        }
    }

    private async Task<string?> FindExperimentAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            ExperimentAnswer answer = await http.GetAsync(
                $"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}", MlflowJson.Default.ExperimentAnswer, cancellationToken)
                .ConfigureAwait(false);
            return answer.Experiment?.ExperimentId ?? throw NotSaid("experiments/get-by-name");
        }
        catch (MlflowException e) when (e is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not null })
        {
            return null;
        }
    }

    private static MlflowException NotSaid(string call) => new($"MLflow answered {call} without an id.");
}
