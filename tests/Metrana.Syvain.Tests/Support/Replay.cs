using System.Text.Json.Nodes;

namespace Metrana.Syvain.Tests.Support;

/// <summary>Plays one vector: answers as was answered then, and holds our requests against those that were made then.</summary>
internal sealed class Replay : IDisposable
{
    private readonly ScriptedPeer _peer;
    private int _at;

    public Replay(Vector vector)
    {
        Vector = vector;
        Clock.Time = vector.Time;
        _peer = new ScriptedPeer(request =>
        {
            int at = _at++;
            return at >= vector.Count ? PeerAnswer.Error(599, "there is no such exchange") : Answer(at) ?? vector.AnswerAt(at);
        });
    }

    public Vector Vector { get; }

    public TestClock Clock { get; } = new();

    public SilentLoggers Log { get; } = new();

    /// <summary>Another answer than the one in the file.</summary>
    public Func<int, PeerAnswer?> Answer { get; set; } = _ => null;

    /// <summary>Where ours is another on purpose: what is expected of the request in place of what the file says.</summary>
    public Action<int, JsonNode> Expect { get; set; } = (_, _) => { };

    public CollectorOptions Options => new() { ApiKey = "ak_org_test", Host = _peer.Host, Clock = Clock, LoggerFactory = Log };

    public int Requests => _peer.Requests.Count;

    public void Dispose() => _peer.Dispose();

    /// <summary>Method, path, query, headers and bodies are the same, and ids and keys repeat where they repeated then.</summary>
    public void Compare()
    {
        IReadOnlyList<PeerRequest> ours = _peer.Requests;
        ours.Should().HaveCount(Vector.Count, string.Join('\n', ours.Select(one => $"{one.Method} {one.Path} {one.Body}")));
        Dictionary<string, string> theirNames = [];
        Dictionary<string, string> ourNames = [];
        for (int at = 0; at < Vector.Count; at++)
        {
            JsonNode expected = Vector.RequestAt(at).DeepClone();
            Expect(at, expected);
            Text(expected, theirNames, null).Should().Be(Text(Node(ours[at]), ourNames, Vector.CarriedAt(at)), $"that is request {at}");
            ours[at].Headers["user-agent"].Should().StartWith("metrana-syvain/");
        }
    }

    private static JsonObject Node(PeerRequest request) => new()
    {
        ["method"] = request.Method,
        ["path"] = request.Path,
        ["query"] = request.Query,
        ["headers"] = new JsonObject(new[] { "authorization", "content-type", "accept", "idempotency-key" }
            .Where(request.Headers.ContainsKey).Select(name => KeyValuePair.Create(name, (JsonNode?)request.Headers[name]))),
        ["body"] = request.Body.Length == 0 ? null : JsonNode.Parse(request.Body),
    };

    /// <summary>A request as text, with names in place of what is made at random: the first id is id-1 on both sides.</summary>
    private static string Text(JsonNode request, Dictionary<string, string> names, int? carried)
    {
        request["headers"]!.AsObject().Remove("user-agent");
        Name(request["headers"]!, "idempotency-key", "syvain-metrics-api-client-", names);
        if (request["body"] is JsonObject body && body["data"] is JsonArray metrics)
        {
            if (carried is { } count)
            {
                metrics.Should().HaveCount(count, "the file says so of the request that it shortens");
                while (metrics.Count > 2)
                {
                    metrics.RemoveAt(2);
                }
            }

            foreach (JsonNode? metric in metrics)
            {
                Name(metric!, "client_event_id", "syvain-metrics-collector-", names);
            }
        }

        return request.ToJsonString();
    }

    private static void Name(JsonNode owner, string member, string prefix, Dictionary<string, string> names)
    {
        if ((string?)owner[member] is not { } given)
        {
            return;
        }

        given.Should().MatchRegex($"^{prefix}[0-9a-f]{{32}}$");
        if (!names.TryGetValue(given, out string? name))
        {
            names[given] = name = $"{prefix}{names.Count + 1}";
        }

        owner[member] = name;
    }
}
