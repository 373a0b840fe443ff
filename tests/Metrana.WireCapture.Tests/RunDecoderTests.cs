using FluentAssertions;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.Protobuf.Ingestion.V1.Types;
using Metrana.WireCapture.Decode;
using Metrana.WireCapture.Vectors;
using Xunit;

namespace Metrana.WireCapture.Tests;

public sealed class RunDecoderTests
{
    private const ulong Session = 99;

    [Theory]
    [InlineData("std/auto_steps_two_calls", "(0, 1700000000000, 1) (1, 1700000000000, 0.5) (2, 1700000000000, 0.25)")]
    [InlineData("std/first_step_then_auto", "(100, 1700000000000, 1) (101, 1700000000000, 0.5) (102, 1700000000000, 0.1)")]
    [InlineData("std/explicit_steps", "(10, 1700000000000, 1) (20, 1700000000000, 0.5) (30, 1700000000000, 0.2)")]
    [InlineData("std/per_point_timestamps", "(0, 1700000000000, 1) (1, 1700000000005, 0.5)")]
    [InlineData("std/f32_then_f64_merge", "(0, 1700000000000, 0.10000000149011612f) (1, 1700000000000, 0.2)")]
    [InlineData("std/special_values", "(0, 1700000000000, NaN) (1, 1700000000000, Infinity) (2, 1700000000000, -Infinity) (3, 1700000000000, -0)")]
    public void Golden_bytes_give_the_points_that_the_calls_meant(string name, string points)
    {
        var vector = VectorLine.ReadFile("std.engine-0.12.0.jsonl").Single(line => line.Name == name);

        var run = RunDecoder.Decode([vector.UpdateMessages()]);

        run.Points.Should().ContainSingle();
        string.Join(' ', run.Points.Single().Value).Should().Be(points);
        run.SequenceNumbers.Should().Equal(256);
        run.Closed.Should().BeTrue();
    }

    [Theory]
    [InlineData("rl/multi_env_2d_episodes_grid", "e0", "(rl 42, episode 1, (0, 1700000000000, 1)) (rl 42, episode 2, (0, 1700000000000, 2))")]
    [InlineData("rl/multi_env_2d_episodes_grid", "e1", "(rl 42, episode 1, (0, 1700000000000, 3)) (rl 42, episode 1, (1, 1700000000000, 4))")]
    [InlineData("rl/unordered_steps", "e0", "(rl 42, episode none, (7, 1700000000000, 1)) (rl 42, episode none, (3, 1700000000000, 2))")]
    [InlineData("rl/f32", "e0", "(rl 42, episode none, (0, 1700000000000, 1f)) (rl 42, episode none, (1, 1700000000000, 2f))")]
    [InlineData("rl/multi_env_1d_ts_per_env", "e1", "(rl 42, episode none, (0, 1700000000009, 3)) (rl 42, episode none, (1, 1700000000009, 4))")]
    public void Golden_bytes_give_the_points_of_each_environment(string name, string environment, string points)
    {
        var run = Golden("rl", name);

        run.Points.Should().BeEmpty();
        string.Join(' ', run.RlPoints.Single(series => series.Key.Environment == environment).Value).Should().Be(points);
    }

    [Fact]
    public void Flat_steps_and_steps_from_one_are_told_apart()
    {
        Golden("rl", "rl/steps_across_rl_steps").RlPoints.Values.Single().Should().OnlyContain(point => point.IsFlat && !point.IsFromOne);
        Golden("rl", "rl/auto_start_from_one_episodic").RlPoints.Values.Single().Should().OnlyContain(point => point.IsFromOne && !point.IsFlat);
    }

    [Fact]
    public void Golden_bytes_give_histograms_scatters_and_attributes()
    {
        var histogram = Golden("histogram", "histogram/stats").Histograms.Values.Single().Should().ContainSingle().Subject;
        histogram.Counts.Should().Equal(1, 2, 3);
        histogram.Stats.SumOfSquares.Should().Be(31.25);

        var scatters = Golden("scatter", "scatter/xyz_titles").Scatters.Values.Single();
        scatters.Is3D.Should().BeTrue();
        scatters.Points.Single().Zs.Should().Equal(5, 6);
        scatters.Titles.Should().Equal(new Dictionary<string, string> { ["xt"] = "X", ["yt"] = "Y", ["zt"] = "Z" });

        Golden("attributes", "attributes/config_nested").Attributes.Select(update => update.Path).Should().Equal(
            "config/batch", "config/flag", "config/list/0", "config/list/1", "config/list/2", "config/list/3/k", "config/lr",
            "config/name", "config/nested/a/b", "config/none");
        Golden("attributes", "attributes/env_attributes_episode").EnvironmentAttributes.Should()
            .ContainSingle(update => update.Environment == "e0" && update.Episode == 4 && update.Update.Path == "gravity");
    }

    [Fact]
    public void Points_of_every_kind_need_a_declaration()
    {
        foreach (var message in new[]
        {
            new UpdateRunRequest { RlSeries = { new StreamingRLSeriesUpdate { SeriesId = 7, EnvironmentId = "e" } } },
            new UpdateRunRequest { HistogramSeries = { new StreamingHistogramSeriesUpdate { SeriesId = 7 } } },
            new UpdateRunRequest { ScatterSeries = { new StreamingScatterSeriesUpdate { SeriesId = 7 } } },
        })
        {
            FluentActions.Invoking(() => RunDecoder.Decode([[message]])).Should().Throw<InvalidDataException>().WithMessage("*Series 7*does not declare*");
        }
    }

    [Fact]
    public void What_no_point_can_be_is_told()
    {
        Refused("*both flat and counted from one*", new StreamingRLSeriesUpdate
        {
            SeriesId = 1,
            EnvironmentId = "e",
            RlStepBatches = { new RlStepBatch { Episode = 1, EnvStepsFromOne = true, TreatMinorsAsFlatSteps = true } },
        });
        Refused("*belong to no episode*", new StreamingRLSeriesUpdate
        {
            SeriesId = 1,
            EnvironmentId = "e",
            RlStepBatches = { new RlStepBatch { EnvStepsFromOne = true } },
        });

        static void Refused(string message, StreamingRLSeriesUpdate update)
        {
            var data = Data(256, declare: true, value: 1);
            data.RlSeries.Add(update);
            FluentActions.Invoking(() => RunDecoder.Decode([[data]])).Should().Throw<InvalidDataException>().WithMessage(message);
        }
    }

    [Fact]
    public void A_message_that_comes_again_counts_once_but_its_declarations_hold()
    {
        var first = Data(256, declare: true, value: 1);
        var hello = new UpdateRunRequest { LoggerId = 1 };

        var run = RunDecoder.Decode([[hello, first], [hello, first, Data(512, declare: false, value: 2)]]);

        run.Duplicates.Should().Be(1);
        run.SequenceNumbers.Should().Equal(256, 512);
        run.Points.Values.Single().Select(point => point.Value).Should().Equal(1, 2);
    }

    [Fact]
    public void A_message_without_a_number_is_never_a_duplicate()
    {
        var message = Data(0, declare: true, value: 1);

        RunDecoder.Decode([[message, message]]).Points.Values.Single().Should().HaveCount(2);
    }

    [Fact]
    public void A_declaration_does_not_outlive_its_stream()
    {
        var decode = () => RunDecoder.Decode([[Data(256, declare: true, value: 1)], [Data(512, declare: false, value: 2)]]);

        decode.Should().Throw<InvalidDataException>().WithMessage("*Series 1*does not declare*");
    }

    [Fact]
    public void An_id_means_one_series_for_ever()
    {
        var other = Data(512, declare: true, value: 2);
        other.SeriesDeclarations[0].MetricName = "accuracy";

        var decode = () => RunDecoder.Decode([[Data(256, declare: true, value: 1)], [other]]);

        decode.Should().Throw<InvalidDataException>().WithMessage("*Series 1 was declared as*");
    }

    [Fact]
    public void A_batch_must_say_each_thing_once()
    {
        var both = Data(256, declare: true, value: 1);
        both.Series[0].PointBatches[0].Steps.Add(4);
        var tooFew = Data(256, declare: true, value: 1);
        tooFew.Series[0].PointBatches[0].ClearTimestampMillis();

        FluentActions.Invoking(() => RunDecoder.Decode([[both]])).Should().Throw<InvalidDataException>().WithMessage("*both*steps*");
        FluentActions.Invoking(() => RunDecoder.Decode([[tooFew]])).Should().Throw<InvalidDataException>().WithMessage("*0 timestamps*");
    }

    private static DecodedRun Golden(string group, string name) =>
        RunDecoder.Decode([VectorLine.ReadFile($"{group}.engine-0.12.0.jsonl").Single(line => line.Name == name).UpdateMessages()]);

    private static UpdateRunRequest Data(ulong number, bool declare, double value)
    {
        var message = new UpdateRunRequest
        {
            LoggerId = 1,
            LoggerSessionId = Session,
            SequenceNumber = number,
            Series =
            {
                new StreamingSeriesUpdate
                {
                    SeriesId = 1,
                    PointBatches = { new PointBatch { Values = { value }, FirstStep = number, TimestampMillis = 5 } },
                },
            },
        };
        if (declare)
        {
            message.SeriesDeclarations.Add(new SeriesDeclaration
            {
                MetricName = "loss",
                Scale = "ML_STEP",
                Ordering = OrderingMode.AbsoluteOrdered,
                DeclarationId = 1,
            });
        }

        return message;
    }
}
