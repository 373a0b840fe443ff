namespace Metrana.MLflow.Traces;

/// <summary>Gives each request the headers that MLflow wants. The exporter's own are fixed before a server was ever asked.</summary>
internal sealed class MlflowTraceHandler(MlflowTraceTarget target)
    : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
{
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // On the exporter's own thread, which has nothing else to do.
        target.AddHeadersAsync(request.Headers, cancellationToken).GetAwaiter().GetResult();
        return base.Send(request, cancellationToken);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await target.AddHeadersAsync(request.Headers, cancellationToken).ConfigureAwait(false);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
