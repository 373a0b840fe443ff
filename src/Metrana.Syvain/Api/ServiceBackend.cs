using System.Text.Json;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain.Api;

/// <summary>Opens experiments of the service.</summary>
internal sealed class ServiceBackend : ICollectorBackend
{
    private readonly CollectorOptions _options;
    private readonly Login _login;
    private readonly ApiClient _api;

    public ServiceBackend(CollectorOptions options, Func<string, string?> variable)
    {
        _options = options;
        _login = Login.Find(options, variable);
        _api = new ApiClient(_login.Host, _login.ApiKey, options);
    }

    public string Name => _login.Host.GetLeftPart(UriPartial.Authority);

    public void Dispose() => _api.Dispose();

    public async Task<OpenedExperiment> OpenAsync(string slug, ExperimentOptions options, byte[] meta, CancellationToken cancellationToken)
    {
        try
        {
            string? folder = options.FolderPath is { } path ? await FindFolderAsync(path, cancellationToken).ConfigureAwait(false) : options.FolderId;
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(
                new OpenExperiment(slug, folder, options.Description, new RawJson(meta)), PayloadContext.Default.OpenExperiment);
            ExperimentAnswer answer = await _api.CallAsync(
                new ApiRequest(HttpMethod.Post, "api/v1/experiments", _login.ApiKey, _options.Timeout, body, Guid.NewGuid()),
                PayloadContext.Default.ExperimentAnswer,
                cancellationToken).ConfigureAwait(false);
            ServiceDestination destination = new(_api, answer.Experiment.Id, _login.ApiKey, _options);
            await destination.RenewKeyAsync(cancellationToken).ConfigureAwait(false);
            return new OpenedExperiment(answer.Experiment.Id, UrlOf(answer.Experiment), destination);
        }
        catch (DeliveryException e)
        {
            throw new CollectorException($"The experiment '{slug}' could not be opened: {e.Message}", inner: e);
        }
    }

    /// <summary>An address that a service answers with is shown to people, and need not be one.</summary>
    private Uri UrlOf(OpenedAnswer experiment) =>
        Uri.TryCreate(_login.Host, experiment.Url ?? "", out Uri? url) ? url : _login.Host;

    private async Task<string> FindFolderAsync(string path, CancellationToken cancellationToken)
    {
        FolderList found = await _api.CallAsync(
            new ApiRequest(HttpMethod.Get, $"api/v1/folders?path={Uri.EscapeDataString(path)}", _login.ApiKey, _options.Timeout),
            PayloadContext.Default.FolderList,
            cancellationToken).ConfigureAwait(false);
        return found.Folders.Count == 1
            ? found.Folders[0].Id
            : throw new DeliveryException(
                FailureKind.Refused,
                found.Folders.Count == 0
                    ? $"there is no folder {path}. Make it in the dashboard, or give a {nameof(ExperimentOptions.FolderId)}."
                    : $"there are {found.Folders.Count} folders {path}. Give a {nameof(ExperimentOptions.FolderId)}.");
    }
}
