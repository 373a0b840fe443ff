using FluentAssertions;
using Google.Protobuf;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.WireCapture.Vectors;
using Xunit;

namespace Metrana.WireCapture.Tests;

/// <summary>The decoder against what published engines really sent: bytes on one side, their meaning on the other.</summary>
public sealed class GoldenBytesTests
{
    private static readonly Dictionary<string, MessageParser> _parsers = new(StringComparer.Ordinal)
    {
        ["InitializeRunLogging"] = InitializeRunLoggingRequest.Parser,
        ["UpdateRunStream"] = UpdateRunRequest.Parser,
        ["UpdateTracesStream"] = UpdateTracesRequest.Parser,
    };

    private static readonly JsonParser _jsonParser = new(JsonParser.Settings.Default);

    public static TheoryData<string> Files => [.. VectorLine.Files()];

    [Fact]
    public void The_vectors_of_both_engines_are_there() =>
        VectorLine.Files().Should().Contain(["std.engine-0.0.4.jsonl", "std.engine-0.12.0.jsonl"]);

    [Theory]
    [MemberData(nameof(Files))]
    public void Bytes_mean_what_the_vector_says(string file)
    {
        var compared = 0;
        foreach (var vector in VectorLine.ReadFile(file))
        {
            foreach (var request in vector.Requests.Where(request => _parsers.ContainsKey(request.Rpc)))
            {
                var parser = _parsers[request.Rpc];
                var fromBytes = parser.ParseFrom(request.Bytes);
                var fromJson = _jsonParser.Parse(request.Json, fromBytes.Descriptor);

                // Equal messages have equal NaN bits, which JSON does not say; then they have the same text.
                if (!fromBytes.Equals(fromJson))
                {
                    JsonFormatter.Default.Format(fromBytes).Should().Be(JsonFormatter.Default.Format(fromJson), vector.Name);
                }

                fromBytes.CalculateSize().Should().Be(request.Bytes.Length, $"{vector.Name}, written again, is as long as it was");
                compared++;
            }
        }

        compared.Should().BePositive();
    }
}
