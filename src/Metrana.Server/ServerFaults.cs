using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>Makes a local server fail on purpose, so that tests can see how a logger reacts.</summary>
public sealed class ServerFaults
{
    private const string Path = "api/v1/faults";

    private readonly ServerHttp _http;

    internal ServerFaults(ServerHttp http) => _http = http;

    /// <summary>Answers requests with a gRPC status instead of executing them.</summary>
    /// <param name="stage">The stage at which requests are refused.</param>
    /// <param name="code">The name of the status, such as <c>UNAVAILABLE</c>.</param>
    /// <param name="message">The message of the status.</param>
    /// <param name="times">The number of times.</param>
    /// <param name="after">The number of messages of that stage to let pass first.</param>
    /// <param name="cancellationToken">Cancels the wait for the server's answer.</param>
    public Task FailAsync(
        FaultStage stage,
        string code,
        string message = "",
        int times = 1,
        int after = 0,
        CancellationToken cancellationToken = default)
    {
        var fault = new FaultRequest
        {
            Fault = "status",
            Stage = stage switch
            {
                FaultStage.Init => "init",
                FaultStage.Hello => "hello",
                FaultStage.Data => "data",
                _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
            },
            Code = code,
            Message = message,
            Times = times,
            After = after,
        };
        return _http.PostAsync(Path, fault, ServerJson.Default.FaultRequest, cancellationToken);
    }

    /// <summary>Cuts the connection after some data messages; the last of them gets no acknowledgement.</summary>
    /// <param name="after">The number of data messages.</param>
    /// <param name="storeLast">Whether the server stores the last one anyway.</param>
    /// <param name="times">The number of times.</param>
    /// <param name="cancellationToken">Cancels the wait for the server's answer.</param>
    public Task ResetAsync(int after, bool storeLast, int times = 1, CancellationToken cancellationToken = default)
    {
        var fault = new FaultRequest { Fault = "reset", After = after, StoreLast = storeLast, Times = times };
        return _http.PostAsync(Path, fault, ServerJson.Default.FaultRequest, cancellationToken);
    }

    /// <summary>Sends no acknowledgement until <see cref="ClearAsync"/>.</summary>
    public Task StallAsync(CancellationToken cancellationToken = default) =>
        _http.PostAsync(Path, new FaultRequest { Fault = "stall" }, ServerJson.Default.FaultRequest, cancellationToken);

    /// <summary>Ends every fault and sends the acknowledgements that were held back.</summary>
    public Task ClearAsync(CancellationToken cancellationToken = default) => _http.DeleteAsync(Path, cancellationToken);
}

/// <summary>The stage at which the server refuses a request.</summary>
public enum FaultStage
{
    /// <summary>The opening of a run.</summary>
    Init,

    /// <summary>The first message of an update stream.</summary>
    Hello,

    /// <summary>A message with data.</summary>
    Data,
}
