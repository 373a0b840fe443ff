using System.Net;
using FluentAssertions;
using Google.Protobuf;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.Protobuf.Ingestion.V1.Types;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>What a client sent is what is read, in every form that JSON makes hard.</summary>
public sealed class ReadingTests : IAsyncLifetime
{
    private LocalServer _server = null!;
    private RawClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _client = new RawClient(_server.Endpoint);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_run_with_everything_set()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await OpenAsync("plain");
        await OpenAsync("parent", run => run.Organization = "acme");
        var id = await OpenAsync("full", run =>
        {
            run.Organization = "acme";
            run.Experiment = "exp";
            run.OrchestrationIdentifier = "job 1";
            run.ForkPoint = new ForkPoint { ParentRunName = "parent", ForkStep = long.MaxValue };
        });
        await _client.SendAsync(id, Data(256, close: true, [1.0, 2.0]));

        var run = await _server.FindRunAsync("full");

        run.Should().BeEquivalentTo(new StoredRun
        {
            RunId = Convert.ToHexStringLower(id.Span),
            Workspace = "ws",
            Project = "proj",
            RunName = "full",
            Organization = "acme",
            Experiment = "exp",
            OrchestrationId = "job 1",
            ForkPoint = new StoredForkPoint { ParentRunName = "parent", ForkStep = long.MaxValue },
            CreatedAtMillis = run!.CreatedAtMillis,
            Name = "full",
            Notes = "",
            Tags = [],
            Status = RunStatus.Finished,
            LastContactMillis = run.LastContactMillis,
            ClosedAtMillis = run.ClosedAtMillis,
            Closed = true,
            Series = 1,
            Points = 2,
        });
        run.ClosedAtMillis.Should().BeGreaterThanOrEqualTo(run.CreatedAtMillis);
        run.LastContactMillis.Should().BeGreaterThanOrEqualTo(run.CreatedAtMillis);
        run.CreatedAt.Should().BeAfter(before).And.BeBefore(DateTimeOffset.UtcNow.AddSeconds(1));
        var plain = await _server.FindRunAsync("plain");
        plain!.Closed.Should().BeFalse();
        plain.ForkPoint.Should().BeNull();
        plain.Organization.Should().BeNull();
    }

    [Fact]
    public async Task Runs_are_found_by_any_part_of_their_path()
    {
        await OpenAsync("a b&c=d/é");
        await OpenAsync("other", run => run.Project = "second");

        (await _server.GetRunsAsync()).Should().HaveCount(2);
        (await _server.GetRunsAsync(project: "second")).Should().ContainSingle(run => run.RunName == "other");
        (await _server.GetRunsAsync(workspace: "nowhere")).Should().BeEmpty();
        (await _server.FindRunAsync("a b&c=d/é", "ws", "proj")).Should().NotBeNull();
        (await _server.FindRunAsync("missing")).Should().BeNull();
    }

    [Fact]
    public async Task Values_steps_and_times_at_their_limits()
    {
        var id = await OpenAsync("limits");
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, 0.1];
        ulong[] steps = [0, 1, 2, 3, 4, 5, long.MaxValue];
        long[] times = [long.MinValue, -1, 0, 1, 2, 3, long.MaxValue];
        var batch = new PointBatch { Values = { values }, Steps = { steps }, TimestampsMillis = { times } };
        await _client.SendAsync(id, Message(256, batch));

        var points = await PointsAsync(id);

        points.Total.Should().Be(7);
        points.Values.Select(BitConverter.DoubleToInt64Bits).Should().Equal(values.Select(Normal));
        points.Steps.Should().Equal(steps.Select(step => (long)step));
        points.TimestampsMillis.Should().Equal(times);

        // JSON has one NaN; which of them came is not kept on this way.
        static long Normal(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);
    }

    [Fact]
    public async Task Single_precision_values_are_widened_exactly()
    {
        var id = await OpenAsync("single");
        await _client.SendAsync(id, Message(256, new PointBatch { ValuesF32 = { 0.1f, float.NaN }, FirstStep = 0, TimestampMillis = 1 }));

        var points = await PointsAsync(id);
        points.Values.Should().Equal((double)0.1f, double.NaN);
        points.ValueWidths.Should().Equal(32, 32);
    }

    [Fact]
    public async Task Series_with_labels_and_each_ordering()
    {
        var id = await OpenAsync("series");
        var message = Message(256, new PointBatch { Values = { 1, 2, 3 }, FirstStep = 5, TimestampMillis = 1 });
        message.SeriesDeclarations[0].Labels.Add("gpu", "0");
        message.SeriesDeclarations[0].Labels.Add("ü", "a b");
        message.SeriesDeclarations.Add(new SeriesDeclaration
        {
            MetricName = "spread",
            Ordering = OrderingMode.AbsoluteUnordered,
            DeclarationId = 2,
        });
        await _client.SendAsync(id, message);

        var series = await _server.GetSeriesAsync(Hex(id));

        var loss = series.Should().ContainSingle(one => one.Metric == "loss").Subject;
        loss.Scale.Should().Be("ML_STEP");
        loss.Labels.Should().Equal(new Dictionary<string, string> { ["gpu"] = "0", ["ü"] = "a b" });
        loss.Ordering.Should().Be(SeriesOrdering.AbsoluteOrdered);
        loss.Kind.Should().Be(SeriesKind.Float);
        loss.Family.Should().Be(SeriesFamily.Ordinary);
        loss.Titles.Should().BeEmpty();
        loss.Environments.Should().BeEmpty();
        loss.Points.Should().Be(3);
        loss.LastStep.Should().Be(7);
        var spread = series.Should().ContainSingle(one => one.Metric == "spread").Subject;
        spread.Ordering.Should().Be(SeriesOrdering.AbsoluteUnordered);
        spread.Scale.Should().BeEmpty();
        spread.LastStep.Should().BeNull();
        spread.Kind.Should().Be(SeriesKind.Undefined);
        spread.Family.Should().Be(SeriesFamily.Undefined);
    }

    [Fact]
    public async Task More_points_than_one_answer_holds()
    {
        const int Count = 250_001;
        var id = await OpenAsync("long");
        double[] values = [.. Enumerable.Range(0, Count).Select(i => i / 3.0)];
        await _client.SendAsync(id, Message(256, new PointBatch { Values = { values }, FirstStep = 0, TimestampMillis = 1 }));

        var points = await PointsAsync(id);
        var page = await _server.GetPointsAsync(Hex(id), await SeriesIdAsync(id), offset: 100_000, limit: 3);

        points.Values.Should().Equal(values);
        points.Steps[^1].Should().Be(Count - 1);
        points.TimestampsMillis.Should().HaveCount(Count);
        points.ValueWidths.Should().HaveCount(Count);
        page.Steps.Should().Equal(100_000, 100_001, 100_002);
        page.Offset.Should().Be(100_000);
        page.Total.Should().Be(Count);
    }

    [Fact]
    public async Task Points_are_read_as_they_were_sent_or_as_they_count()
    {
        var id = await OpenAsync("viewed");
        await _client.SendAsync(id, Data(256, close: false, [1.0, 2.0]));
        // The first step that these repeat had its value.
        await _client.SendAsync(id, Message(512, new PointBatch { Values = { 9.0, 3.0 }, FirstStep = 1, TimestampMillis = 1 }));
        var series = await SeriesIdAsync(id);

        (await _server.GetPointsAsync(Hex(id), series)).Values.Should().Equal(1, 2, 9, 3);
        (await _server.GetPointsAsync(Hex(id), series, PointView.Counted)).Values.Should().Equal(1, 2, 3);
        (await _server.GetPointsAsync(Hex(id), series, offset: 2, limit: 5, PointView.Counted)).Values.Should().Equal(3);
    }

    [Fact]
    public async Task Counts_tell_duplicates_from_news()
    {
        var id = await OpenAsync("counted");
        var message = Data(256, close: false, [1.0, 2.0]);
        (await _client.SendAsync(id, message)).Should().Be((2, 0));
        (await _client.SendAsync(id, message)).Should().Be((2, 0));

        var counts = await _server.GetCountsAsync();

        counts.Should().Be(await _server.GetCountsAsync(Hex(id)));
        counts.Runs.Should().Be(1);
        counts.Series.Should().Be(1);
        counts.Points.Should().Be(2);
        counts.Messages.Should().Be(1);
        counts.DuplicateMessages.Should().Be(1);
        counts.Streams.Should().Be(2);
        counts.UnknownSeriesPoints.Should().Be(0);
        counts.IgnoredPoints.Should().Be(0);
    }

    [Fact]
    public async Task What_is_not_there_is_an_error_with_its_status()
    {
        var id = await OpenAsync("empty");
        Func<Task>[] reads =
        [
            () => _server.GetSeriesAsync("00"),
            () => _server.GetCountsAsync("00"),
            () => _server.GetPointsAsync(Hex(id), 99),
            () => _server.GetRlPointsAsync(Hex(id), 99, "e0"),
            () => _server.GetHistogramsAsync(Hex(id), 99),
            () => _server.GetScattersAsync(Hex(id), 99),
            () => _server.GetAttributesAsync("00"),
            () => _server.GetEnvironmentsAsync("00"),
            () => _server.GetAggregationRulesAsync("00"),
        ];

        foreach (var read in reads)
        {
            (await read.Should().ThrowAsync<LocalServerException>()).Which.HttpStatus.Should().Be(HttpStatusCode.NotFound);
        }
    }

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);

    private static UpdateRunRequest Data(ulong number, bool close, double[] values)
    {
        var message = Message(number, new PointBatch { Values = { values }, FirstStep = 0, TimestampMillis = 1 });
        message.CloseRun = close ? new CloseRun() : null;
        return message;
    }

    private static UpdateRunRequest Message(ulong number, PointBatch batch) => new()
    {
        SequenceNumber = number,
        SeriesDeclarations =
        {
            new SeriesDeclaration
            {
                MetricName = "loss",
                Scale = "ML_STEP",
                Ordering = OrderingMode.AbsoluteOrdered,
                DeclarationId = 1,
            },
        },
        Series = { new StreamingSeriesUpdate { SeriesId = 1, PointBatches = { batch } } },
    };

    private async Task<ByteString> OpenAsync(string name, Action<Run>? more = null)
    {
        var run = new Run { Workspace = "ws", Project = "proj", RunName = name };
        more?.Invoke(run);
        var (id, status) = await _client.OpenAsync(run);
        status.Should().Be(0);
        return id;
    }

    private async Task<long> SeriesIdAsync(ByteString id) => (await _server.GetSeriesAsync(Hex(id))).Single().Id;

    private async Task<StoredPoints> PointsAsync(ByteString id) => await _server.GetPointsAsync(Hex(id), await SeriesIdAsync(id));
}
