using System.Net;
using FluentAssertions;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Metrana.Protobuf.Common.V1;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.Protobuf.Ingestion.V1.Types;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>What is not a plain series of numbers is read as it was sent, too.</summary>
public sealed class KindsReadingTests : IAsyncLifetime
{
    private static readonly double[] _odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, 0.1];

    private LocalServer _server = null!;
    private RawClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _client = new RawClient(_server.Endpoint);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Points_of_reinforcement_learning_environment_by_environment()
    {
        var id = await OpenAsync("rl");
        var first = new RlStepBatch
        {
            RlStep = long.MaxValue,
            Episode = long.MaxValue,
            Values = { _odd },
            MinorSteps = { 0, 1, 2, 3, 4, long.MaxValue },
            TimestampsMillis = { long.MinValue, -1, 0, 1, 2, long.MaxValue },
            EnvStepsFromOne = true,
        };
        var second = new RlStepBatch
        {
            RlStep = 3,
            Episode = 0,
            ValuesF32 = { 0.1f },
            FirstMinorStep = 9,
            TimestampMillis = 5,
            TreatMinorsAsFlatSteps = true,
        };
        await _client.SendAsync(id, Declared(
            new UpdateRunRequest
            {
                RlSeries =
                {
                    new StreamingRLSeriesUpdate { SeriesId = 1, EnvironmentId = "größe & co/1?", RlStepBatches = { first, second } },
                    new StreamingRLSeriesUpdate { SeriesId = 1, EnvironmentId = "e1", RlStepBatches = { second } },
                },
            }));

        var series = await SeriesAsync(id);
        var points = await _server.GetRlPointsAsync(Hex(id), series.Id, "größe & co/1?");
        var other = await _server.GetRlPointsAsync(Hex(id), series.Id, "e1");

        series.Family.Should().Be(SeriesFamily.ReinforcementLearning);
        series.Kind.Should().Be(SeriesKind.Float);
        series.Episodic.Should().BeTrue();
        series.Environments.Should().Equal("größe & co/1?", "e1");
        series.Points.Should().Be(8);
        series.LastStep.Should().Be(long.MaxValue);
        points.Should().BeEquivalentTo(
            new StoredRlPoints
            {
                Total = 7,
                Offset = 0,
                Environment = "größe & co/1?",
                RlSteps = [.. Enumerable.Repeat(long.MaxValue, 6), 3],
                Episodes = [.. Enumerable.Repeat<long?>(long.MaxValue, 6), 0],
                EnvSteps = [0, 1, 2, 3, 4, long.MaxValue, 9],
                Flat = [false, false, false, false, false, false, true],
                FromOne = [true, true, true, true, true, true, false],
                TimestampsMillis = [long.MinValue, -1, 0, 1, 2, long.MaxValue, 5],
                Values = points.Values,
                ValueWidths = [64, 64, 64, 64, 64, 64, 32],
            },
            options => options.WithStrictOrdering());
        Bits(points.Values).Should().Equal(Bits([.. _odd, 0.1f]));
        other.Values.Should().Equal((double)0.1f);
        other.Environment.Should().Be("e1");
    }

    [Fact]
    public async Task A_step_that_no_long_holds_is_refused_and_not_wrapped()
    {
        var id = await OpenAsync("beyond");
        var batch = new RlStepBatch { RlStep = ulong.MaxValue, Values = { 1 }, FirstMinorStep = 0, TimestampMillis = 1 };
        await _client.SendAsync(id, Declared(
            new UpdateRunRequest { RlSeries = { new StreamingRLSeriesUpdate { SeriesId = 1, EnvironmentId = "e", RlStepBatches = { batch } } } }));

        (await _server.Awaiting(server => server.GetSeriesAsync(Hex(id))).Should().ThrowAsync<LocalServerException>())
            .Which.Message.Should().Contain("last_step");
        (await _server.Awaiting(server => server.GetRlPointsAsync(Hex(id), 1, "e")).Should().ThrowAsync<LocalServerException>())
            .Which.Message.Should().Contain("rl_steps");
        await _server.Awaiting(server => server.GetRlPointsAsync(Hex(id), 1, "e", offset: -1, limit: 1))
            .Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task Points_without_episodes_and_more_than_one_answer_holds()
    {
        const int Count = 200_001;
        var id = await OpenAsync("long rl");
        double[] values = [.. Enumerable.Range(0, Count).Select(i => i / 3.0)];
        await _client.SendAsync(id, Declared(
            new UpdateRunRequest
            {
                RlSeries =
                {
                    new StreamingRLSeriesUpdate
                    {
                        SeriesId = 1,
                        EnvironmentId = "e",
                        RlStepBatches = { new RlStepBatch { RlStep = 1, Values = { values }, FirstMinorStep = 0, TimestampMillis = 1 } },
                    },
                },
            }));

        var series = await SeriesAsync(id);
        var points = await _server.GetRlPointsAsync(Hex(id), series.Id, "e");
        var page = await _server.GetRlPointsAsync(Hex(id), series.Id, "e", offset: 100_000, limit: 2);
        var beyond = await _server.GetRlPointsAsync(Hex(id), series.Id, "e", offset: long.MaxValue, limit: 2);

        series.Episodic.Should().BeFalse();
        points.Values.Should().Equal(values);
        points.EnvSteps[^1].Should().Be(Count - 1);
        points.Episodes.Should().HaveCount(Count).And.OnlyContain(episode => episode == null);
        int[] lengths =
        [
            points.RlSteps.Count, points.Flat.Count, points.FromOne.Count, points.TimestampsMillis.Count, points.ValueWidths.Count,
        ];
        lengths.Should().AllBeEquivalentTo(Count);
        page.EnvSteps.Should().Equal(100_000, 100_001);
        (page.Offset, page.Total).Should().Be((100_000, Count));
        (beyond.Values.Count, beyond.Total).Should().Be((0, Count));
    }

    [Fact]
    public async Task Histograms_of_both_kinds()
    {
        var id = await OpenAsync("histograms");
        var counted = new HistogramPoint
        {
            Step = long.MaxValue,
            TimestampMillis = long.MinValue,
            BinEdges = { double.NegativeInfinity, -0.0, 0.1 },
            Counts = { 0, ulong.MaxValue },
            Stats = new HistogramPoint.Types.HistogramStats { Min = -0.0, Max = double.NaN, Sum = 0.1, SumOfSquares = double.PositiveInfinity },
        };
        var dense = new HistogramPoint { Step = 3, TimestampMillis = 4, BinEdges = { 1, 2 }, Densities = { double.NaN } };
        var message = new UpdateRunRequest
        {
            HistogramSeries =
            {
                new StreamingHistogramSeriesUpdate { SeriesId = 1, Points = { counted } },
                new StreamingHistogramSeriesUpdate { SeriesId = 2, Points = { dense } },
            },
        };
        await _client.SendAsync(id, Declared(message, "counted", "dense"));

        var (ofCounts, ofDensities) = (await SeriesAsync(id, "counted"), await SeriesAsync(id, "dense"));
        var one = (await _server.GetHistogramsAsync(Hex(id), ofCounts.Id)).Single();
        var two = (await _server.GetHistogramsAsync(Hex(id), ofDensities.Id)).Single();

        (ofCounts.Kind, ofDensities.Kind).Should().Be((SeriesKind.Histogram, SeriesKind.DensityHistogram));
        (one.Step, one.TimestampMillis).Should().Be((long.MaxValue, long.MinValue));
        Bits(one.BinEdges).Should().Equal(Bits([.. counted.BinEdges]));
        one.Counts.Should().Equal(0, ulong.MaxValue);
        one.Densities.Should().BeNull();
        one.Stats.Should().Be(new StoredHistogramStats { Min = -0.0, Max = double.NaN, Sum = 0.1, SumOfSquares = double.PositiveInfinity });
        (two.Step, two.TimestampMillis, two.Counts, two.Stats).Should().Be((3, 4, null, null));
        two.Densities.Should().Equal(double.NaN);
    }

    [Fact]
    public async Task Scatters_in_the_plane_and_in_space_with_their_titles()
    {
        var id = await OpenAsync("scatters");
        var deep = new ScatterPoint { Step = 1, TimestampMillis = long.MaxValue, Xs = { _odd }, Ys = { _odd }, Zs = { _odd } };
        var message = new UpdateRunRequest
        {
            ScatterSeries =
            {
                new StreamingScatterSeriesUpdate
                {
                    SeriesId = 1,
                    Points = { new ScatterPoint { Step = long.MaxValue, TimestampMillis = 2, Xs = { 1 }, Ys = { 2 } }, new ScatterPoint() },
                    MetadataLabels = { ["xt"] = "größe", ["yt"] = "b" },
                },
                new StreamingScatterSeriesUpdate { SeriesId = 2, Is3D = true, Points = { deep } },
            },
        };
        await _client.SendAsync(id, Declared(message, "flat", "deep"));

        var (inPlane, inSpace) = (await SeriesAsync(id, "flat"), await SeriesAsync(id, "deep"));
        var flat = await _server.GetScattersAsync(Hex(id), inPlane.Id);
        var set = (await _server.GetScattersAsync(Hex(id), inSpace.Id)).Single();

        (inPlane.Kind, inSpace.Kind).Should().Be((SeriesKind.Scatter, SeriesKind.Scatter3D));
        inPlane.Titles.Should().Equal(new Dictionary<string, string> { ["x"] = "größe", ["y"] = "b" });
        inSpace.Titles.Should().BeEmpty();
        flat.Should().HaveCount(2);
        (flat[0].Step, flat[0].TimestampMillis, flat[0].Zs).Should().Be((long.MaxValue, 2, null));
        (flat[0].Xs.Single(), flat[0].Ys.Single()).Should().Be((1, 2));
        flat[1].Xs.Should().BeEmpty();
        (set.Step, set.TimestampMillis).Should().Be((1, long.MaxValue));
        new[] { set.Xs, set.Ys, set.Zs! }.Should().AllSatisfy(column => Bits(column).Should().Equal(Bits(_odd)));
    }

    [Fact]
    public async Task More_histograms_and_scatters_than_one_answer_holds()
    {
        var id = await OpenAsync("many");
        var histograms = Enumerable.Range(0, 2001).Select(i => new HistogramPoint { Step = (ulong)i, BinEdges = { 0, 1 }, Counts = { (ulong)i } });
        var scatters = Enumerable.Range(0, 201).Select(i => new ScatterPoint { Step = (ulong)i, Xs = { i }, Ys = { -i } });
        var message = new UpdateRunRequest
        {
            HistogramSeries = { new StreamingHistogramSeriesUpdate { SeriesId = 1, Points = { histograms } } },
            ScatterSeries = { new StreamingScatterSeriesUpdate { SeriesId = 2, Points = { scatters } } },
        };
        await _client.SendAsync(id, Declared(message, "h", "s"));

        var read = await _server.GetHistogramsAsync(Hex(id), (await SeriesAsync(id, "h")).Id);
        var sets = await _server.GetScattersAsync(Hex(id), (await SeriesAsync(id, "s")).Id);

        read.Select(one => one.Step).Should().Equal(Enumerable.Range(0, 2001).Select(i => (long)i));
        read.Select(one => one.Counts!.Single()).Should().Equal(read.Select(one => (ulong)one.Step));
        sets.Select(one => one.Xs.Single()).Should().Equal(Enumerable.Range(0, 201).Select(i => (double)i));
    }

    [Fact]
    public async Task Attributes_of_every_type()
    {
        var id = await OpenAsync("attributes");
        await _client.SendAsync(id, Numbered(
            new UpdateRunRequest
            {
                Attributes =
                {
                    new AttributeUpdate { Path = "a/flag", BoolValue = true },
                    new AttributeUpdate { Path = "a/low", IntValue = long.MinValue },
                    new AttributeUpdate { Path = "a/high", IntValue = long.MaxValue },
                    new AttributeUpdate { Path = "a/number", FloatValue = 0.1 },
                    new AttributeUpdate { Path = "a/one", FloatValue = 1 },
                    new AttributeUpdate { Path = "a/none", FloatValue = double.NaN },
                    new AttributeUpdate { Path = "größe", StringValue = "12" },
                    new AttributeUpdate { Path = "null" },
                    new AttributeUpdate { Path = "when", TimestampValue = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(-1)) },
                    new AttributeUpdate { Path = "tags", StringSetValue = new StringSet { Values = { "b", "a" } } },
                    new AttributeUpdate { Path = "tags", StringSetDeltaValue = new StringSetDelta { AddedValues = { "c" }, RemovedValues = { "b" } } },
                    new AttributeUpdate { Path = "no tags", StringSetValue = new StringSet() },
                },
            }));

        var attributes = await _server.GetAttributesAsync(Hex(id));

        attributes.Should().Equal(new Dictionary<string, StoredValue>
        {
            ["a/flag"] = new StoredValue.Flag(true),
            ["a/low"] = new StoredValue.WholeNumber(long.MinValue),
            ["a/high"] = new StoredValue.WholeNumber(long.MaxValue),
            ["a/number"] = new StoredValue.Number(0.1),
            ["a/one"] = new StoredValue.Number(1),
            ["a/none"] = new StoredValue.Number(double.NaN),
            ["größe"] = new StoredValue.Text("12"),
            ["null"] = new StoredValue.Null(),
            ["when"] = new StoredValue.Timestamp(-1),
            ["tags"] = new StoredValue.TextSet(["a", "c"]),
            ["no tags"] = new StoredValue.TextSet([]),
        });
        new StoredValue.TextSet(["a", "c"]).Should().NotBe(new StoredValue.TextSet(["c", "a"]));
        (await _server.GetAttributesAsync(Hex(await OpenAsync("bare")))).Should().BeEmpty();
    }

    [Fact]
    public async Task Environments_with_how_far_they_are_and_attributes_and_episodes()
    {
        var id = await OpenAsync("environments");
        var batch = new RlStepBatch { RlStep = long.MaxValue, Episode = 7, Values = { 1 }, FirstMinorStep = 0, TimestampMillis = 1 };
        await _client.SendAsync(id, Declared(
            new UpdateRunRequest
            {
                RlSeries = { new StreamingRLSeriesUpdate { SeriesId = 1, EnvironmentId = "e0", RlStepBatches = { batch } } },
                EnvAttrUpdates =
                {
                    new EnvAttrUpdates { EnvironmentId = "e0", Attributes = { new AttributeUpdate { Path = "mass", FloatValue = 1.5 } } },
                    new EnvAttrUpdates { EnvironmentId = "e0", Episode = long.MaxValue, Attributes = { new AttributeUpdate { Path = "n", IntValue = 2 } } },
                    new EnvAttrUpdates { EnvironmentId = "e0", Episode = 4, Attributes = { new AttributeUpdate { Path = "n", IntValue = 1 } } },
                    new EnvAttrUpdates { EnvironmentId = "größe", Attributes = { new AttributeUpdate { Path = "x" } } },
                },
            }));

        var environments = (await _server.GetEnvironmentsAsync(Hex(id))).ToDictionary(one => one.Name);

        environments.Keys.Should().BeEquivalentTo("e0", "größe");
        var e0 = environments["e0"];
        (e0.LastRlStep, e0.LastEpisode).Should().Be((long.MaxValue, 7L));
        e0.Attributes.Should().Equal(new Dictionary<string, StoredValue> { ["mass"] = new StoredValue.Number(1.5) });
        e0.Episodes.Select(episode => episode.Episode).Should().Equal(4, long.MaxValue);
        e0.Episodes.Select(episode => episode.Attributes["n"]).Should().Equal(new StoredValue.WholeNumber(1), new StoredValue.WholeNumber(2));
        var bare = environments["größe"];
        (bare.LastRlStep, bare.LastEpisode).Should().Be((null, null));
        bare.Attributes["x"].Should().Be(new StoredValue.Null());
        bare.Episodes.Should().BeEmpty();
    }

    [Fact]
    public async Task Aggregation_rules_of_a_run()
    {
        var full = new AggregationRule
        {
            MetricName = "größe",
            SourceScale = "A",
            OutputScale = "B",
            Fns = { System.Enum.GetValues<AggregationFn>() },
            AggregateOverLabels = { "gpu", "layer" },
            OutputMetricName = "out",
            OutputNameSuffix = "/all",
        };
        var (id, _) = await _client.OpenAsync(new Run { Workspace = "ws", Project = "proj", RunName = "rules" }, full, new AggregationRule());

        var rules = await _server.GetAggregationRulesAsync(Hex(id));

        rules.Should().BeEquivalentTo(
            [
                new StoredAggregationRule
                {
                    MetricName = "größe",
                    SourceScale = "A",
                    OutputScale = "B",
                    Functions = System.Enum.GetValues<StoredAggregationFunction>(),
                    AggregateOverLabels = ["gpu", "layer"],
                    OutputMetricName = "out",
                    OutputNameSuffix = "/all",
                },
                new StoredAggregationRule { SourceScale = "", OutputScale = "", Functions = [], AggregateOverLabels = [] },
            ],
            options => options.WithStrictOrdering());
        (await _server.GetAggregationRulesAsync(Hex(await OpenAsync("none")))).Should().BeEmpty();
    }

    [Fact]
    public async Task Counts_of_each_kind()
    {
        var id = await OpenAsync("counts");
        var batch = new RlStepBatch { RlStep = 1, Values = { 1, 2, 3 }, FirstMinorStep = 0 };
        var message = new UpdateRunRequest
        {
            Series = { new StreamingSeriesUpdate { SeriesId = 1, PointBatches = { new PointBatch { Values = { 1, 2 }, FirstStep = 0 } } } },
            RlSeries = { new StreamingRLSeriesUpdate { SeriesId = 2, EnvironmentId = "e", RlStepBatches = { batch } } },
            HistogramSeries = { Histograms(3, 4), Histograms(1, 1) },
            ScatterSeries = { new StreamingScatterSeriesUpdate { SeriesId = 4, Points = { Enumerable.Range(0, 5).Select(step => new ScatterPoint { Step = (ulong)step }) } } },
            Attributes = { Enumerable.Range(0, 6).Select(i => new AttributeUpdate { Path = $"p{i}" }).Append(new AttributeUpdate()) },
            EnvAttrUpdates = { new EnvAttrUpdates { EnvironmentId = "e", Attributes = { Enumerable.Range(0, 7).Select(i => new AttributeUpdate { Path = $"p{i}" }) } } },
        };
        await _client.SendAsync(id, Declared(message, "floats", "rl", "histograms", "scatters"));

        (await _server.GetCountsAsync(Hex(id))).Should().Be(new ServerCounts
        {
            Runs = 1,
            Series = 4,
            Points = 2,
            RlPoints = 3,
            Histograms = 4,
            Scatters = 5,
            AttributeUpdates = 6,
            EnvAttributeUpdates = 7,
            IgnoredPoints = 1,
            IgnoredAttributes = 1,
            Messages = 1,
            Streams = 1,
        });
        (await _server.FindRunAsync("counts"))!.Points.Should().Be(2 + 3 + 4 + 5);

        static StreamingHistogramSeriesUpdate Histograms(ulong series, int count) => new()
        {
            SeriesId = series,
            Points = { Enumerable.Range(0, count).Select(i => new HistogramPoint { Step = (ulong)i, BinEdges = { 0, 1 }, Counts = { 1 } }) },
        };
    }

    [Fact]
    public async Task A_series_of_another_kind_is_refused_and_an_environment_that_is_not_there_is_not_found()
    {
        var id = await OpenAsync("kinds");
        var message = new UpdateRunRequest
        {
            Series = { new StreamingSeriesUpdate { SeriesId = 1, PointBatches = { new PointBatch { Values = { 1 }, FirstStep = 0 } } } },
            RlSeries =
            {
                new StreamingRLSeriesUpdate
                {
                    SeriesId = 2,
                    EnvironmentId = "e",
                    RlStepBatches = { new RlStepBatch { Values = { 1 }, FirstMinorStep = 0 } },
                },
            },
        };
        await _client.SendAsync(id, Declared(message, "floats", "rl"));
        var (floats, rl) = ((await SeriesAsync(id, "floats")).Id, (await SeriesAsync(id, "rl")).Id);
        (Func<Task> Read, HttpStatusCode Status)[] reads =
        [
            (() => _server.GetPointsAsync(Hex(id), rl), HttpStatusCode.BadRequest),
            (() => _server.GetRlPointsAsync(Hex(id), floats, "e"), HttpStatusCode.BadRequest),
            (() => _server.GetHistogramsAsync(Hex(id), floats), HttpStatusCode.BadRequest),
            (() => _server.GetScattersAsync(Hex(id), floats), HttpStatusCode.BadRequest),
            (() => _server.GetRlPointsAsync(Hex(id), rl, "other"), HttpStatusCode.NotFound),
            (() => _server.GetRlPointsAsync(Hex(id), rl, ""), HttpStatusCode.NotFound),
        ];

        foreach (var (read, status) in reads)
        {
            (await read.Should().ThrowAsync<LocalServerException>()).Which.HttpStatus.Should().Be(status);
        }

        await FluentActions.Awaiting(() => _server.GetRlPointsAsync(Hex(id), rl, null!)).Should().ThrowAsync<ArgumentNullException>();
        await FluentActions.Awaiting(() => _server.GetRlPointsAsync(Hex(id), rl, "e", 0, -1)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);

    private static IEnumerable<long> Bits(IEnumerable<double> values) =>
        values.Select(value => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value));

    private static UpdateRunRequest Numbered(UpdateRunRequest message)
    {
        message.SequenceNumber = 256;
        return message;
    }

    /// <summary>Declares series from 1 on.</summary>
    private static UpdateRunRequest Declared(UpdateRunRequest message, params string[] metrics)
    {
        ulong number = 0;
        foreach (var metric in metrics.DefaultIfEmpty("metric"))
        {
            message.SeriesDeclarations.Add(new SeriesDeclaration
            {
                MetricName = metric,
                Scale = "S",
                Ordering = OrderingMode.AbsoluteUnordered,
                DeclarationId = ++number,
            });
        }

        return Numbered(message);
    }

    private async Task<ByteString> OpenAsync(string name)
    {
        var (id, status) = await _client.OpenAsync(new Run { Workspace = "ws", Project = "proj", RunName = name });
        status.Should().Be(0);
        return id;
    }

    private async Task<StoredSeries> SeriesAsync(ByteString id, string metric = "metric") =>
        (await _server.GetSeriesAsync(Hex(id))).Single(series => series.Metric == metric);
}
