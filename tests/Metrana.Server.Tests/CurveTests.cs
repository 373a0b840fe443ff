using FluentAssertions;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.Protobuf.Ingestion.V1.Types;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>Curves and heat maps of points that were sent, held against the points themselves.</summary>
public sealed class CurveTests : IAsyncLifetime
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
    public async Task Buckets_hold_what_their_points_are()
    {
        var (id, ids) = await FilledAsync();
        var query = new CurveQuery
        {
            Curves = [new CurveSource(id, ids["loss"]), new CurveSource(id, ids["odd"])],
            Buckets = 4,
            From = 0,
            To = 8,
        };

        var curves = await _server.GetCurvesAsync(query);

        curves.Should().BeEquivalentTo(new { From = 0.0, To = 8.0, Starts = new[] { 0.0, 2.0, 4.0, 6.0 } });
        var loss = curves.Curves[0];
        (loss.RunId, loss.SeriesId).Should().Be((id, ids["loss"]));
        loss.Counts.Should().Equal(2, 2, 2, 2);
        loss.First.Should().Equal(0, 20, 40, 60);
        loss.Last.Should().Equal(10, 30, 50, 70);
        loss.Min.Should().Equal(loss.First);
        loss.Max.Should().Equal(loss.Last);
        loss.Sum.Should().Equal(10, 50, 90, 130);
        loss.FirstX.Should().Equal(0, 2, 4, 6);
        loss.LastX.Should().Equal(1, 3, 5, 7);
        var odd = curves.Curves[1];
        odd.Counts.Should().Equal(1, 0, 0, 0);
        odd.Flags.Should().Equal(NotNumbers.NaN, NotNumbers.PositiveInfinity, NotNumbers.NegativeInfinity, NotNumbers.None);
        odd.First.Should().Equal(7, double.NaN, double.NaN, double.NaN);
    }

    [Fact]
    public async Task Environments_are_rows_of_a_heat_map()
    {
        var (id, ids) = await FilledAsync();

        var map = await _server.GetHeatMapAsync(new CurveSource(id, ids["reward"]), CellMeasure.Max, columns: 2, from: 0, to: 2);

        map.Environments.Should().Equal("e0", "e1");
        map.Starts.Should().Equal(0, 1);
        map.Cells.Should().Equal(2, double.NaN, double.NaN, 4);
        map[1, 1].Should().Be(4);
        FluentActions.Invoking(() => map[0, 2]).Should().Throw<ArgumentOutOfRangeException>();
        var one = await _server.GetHeatMapAsync(new CurveSource(id, ids["reward"], ["e1"]), CellMeasure.Count, columns: 1);
        one.Cells.Should().Equal(2);
    }

    [Fact]
    public async Task What_cannot_be_drawn_is_refused()
    {
        var (id, ids) = await FilledAsync();
        Func<Task>[] asked =
        [
            () => _server.GetCurvesAsync(new CurveQuery { Curves = [new CurveSource("00", 1)] }),
            () => _server.GetCurvesAsync(new CurveQuery { Curves = [new CurveSource(id, 99)] }),
            () => _server.GetCurvesAsync(new CurveQuery { Curves = [new CurveSource(id, ids["loss"])], Buckets = 0 }),
            () => _server.GetHeatMapAsync(new CurveSource(id, ids["loss"])),
        ];
        foreach (var ask in asked)
        {
            (await ask.Should().ThrowAsync<LocalServerException>()).Which.HttpStatus.Should().NotBeNull();
        }
    }

    private async Task<(string Run, Dictionary<string, long> Series)> FilledAsync()
    {
        var (id, status) = await _client.OpenAsync(new Run { Workspace = "ws", Project = "proj", RunName = "drawn" });
        status.Should().Be(0);
        var message = new UpdateRunRequest { SequenceNumber = 256 };
        foreach (var (name, number) in new[] { ("loss", 1ul), ("odd", 2ul), ("reward", 3ul) })
        {
            message.SeriesDeclarations.Add(new SeriesDeclaration
            {
                MetricName = name,
                Scale = "ML_STEP",
                Ordering = OrderingMode.AbsoluteOrdered,
                DeclarationId = number,
            });
        }

        message.Series.Add(Points(1, [0, 10, 20, 30, 40, 50, 60, 70]));
        message.Series.Add(new StreamingSeriesUpdate
        {
            SeriesId = 2,
            PointBatches =
            {
                new PointBatch
                {
                    Values = { double.NaN, 7, double.PositiveInfinity, double.NegativeInfinity },
                    Steps = { 0, 1, 2, 5 },
                    TimestampMillis = 1,
                },
            },
        });
        message.RlSeries.Add(Rl("e0", 0, [1, 2]));
        message.RlSeries.Add(Rl("e1", 1, [3, 4]));
        (await _client.SendAsync(id, message)).Status.Should().Be(0);
        var run = Convert.ToHexStringLower(id.Span);
        var series = (await _server.GetSeriesAsync(run)).ToDictionary(one => one.Metric, one => one.Id);
        return (run, series);
    }

    private static StreamingSeriesUpdate Points(ulong series, double[] values) => new()
    {
        SeriesId = series,
        PointBatches = { new PointBatch { Values = { values }, FirstStep = 0, TimestampMillis = 1 } },
    };

    private static StreamingRLSeriesUpdate Rl(string environment, ulong rlStep, double[] values) => new()
    {
        SeriesId = 3,
        EnvironmentId = environment,
        RlStepBatches = { new RlStepBatch { RlStep = rlStep, Values = { values }, FirstMinorStep = 0, TimestampMillis = 1 } },
    };
}
