using System.Text.Json;

namespace Metrana.Syvain.Tests.Support;

/// <summary>
/// A service that keeps what it is sent, once each: metrics by their event ids, annotations by the keys of their requests. What a
/// test adds in front may fail before or after something was kept.
/// </summary>
internal sealed class StandIn : IDisposable
{
    private readonly Dictionary<string, double> _metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _annotations = new(StringComparer.Ordinal);
    private readonly List<string> _statuses = [];
    private readonly ScriptedPeer _peer;
    private int _experiments;
    private int _keys;

    public StandIn() => _peer = new ScriptedPeer(request => Before(request) ?? (Keep(request) is var answer ? After(request) ?? answer : answer));

    /// <summary>Answers in place of the service, which then keeps nothing.</summary>
    public Func<PeerRequest, PeerAnswer?> Before { get; set; } = _ => null;

    /// <summary>Answers once something was kept, in place of the truth.</summary>
    public Func<PeerRequest, PeerAnswer?> After { get; set; } = _ => null;

    public string Host => _peer.Host;

    public IReadOnlyList<PeerRequest> Requests => _peer.Requests;

    /// <summary>What was asked, without the opening: <c>ingest 2, annotation, done</c>.</summary>
    public IReadOnlyList<string> Story => [.. Requests.SkipWhile(request => !request.IsKey).Skip(1).Select(request =>
        request.IsIngest ? $"ingest {request.Values.Count}"
        : request.IsAnnotation ? "annotation"
        : request.IsKey ? "key"
        : request.Json.GetProperty("status").GetString()!)];

    public IReadOnlyCollection<double> Metrics => _metrics.Values;

    public IReadOnlyCollection<string> Annotations => _annotations.Values;

    public IReadOnlyList<string> Statuses => _statuses;

    public void Dispose() => _peer.Dispose();

    private PeerAnswer Keep(PeerRequest request)
    {
        if (request.IsKey)
        {
            return Data($$"""{"key": {"id": "ik", "expires_at_ms": 253402300799000}, "token": "ik_secret_{{++_keys}}"}""");
        }

        if (request.IsIngest)
        {
            foreach (JsonElement metric in request.Json.GetProperty("data").EnumerateArray())
            {
                _metrics[metric.GetProperty("client_event_id").GetString()!] = metric.GetProperty("value").GetDouble();
            }

            return Data("""{"ok": true, "mode": "queued"}""");
        }

        if (request.IsAnnotation)
        {
            _annotations[request.IdempotencyKey!] = request.Json.GetProperty("annotation").GetString()!;
            return Data("""{"annotation": {"id": "ann_1"}}""");
        }

        if (request.IsStatus)
        {
            _statuses.Add(request.Json.GetProperty("status").GetString()!);
        }

        return Data($$"""{"experiment": {"id": "exp_{{(request.IsStatus ? 0 : ++_experiments)}}", "url": "/dashboard/experiments/exp"} }""");
    }

    private static PeerAnswer Data(string data) => new(200, $$"""{"data": {{data}}, "error": null}""");
}
