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
