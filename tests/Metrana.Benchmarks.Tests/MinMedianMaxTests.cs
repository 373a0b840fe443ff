using System.Text.Json;
using Benchmarks.Measuring;
using FluentAssertions;
using Xunit;

namespace Benchmarks.Tests;

public sealed class MinMedianMaxTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3, 3, 3)]
    [InlineData(new[] { 9.0, 1.0, 4.0 }, 1, 4, 9)]
    [InlineData(new[] { 8.0, 1.0, 2.0, 4.0 }, 1, 3, 8)]
    public void A_figure_is_the_least_the_middle_and_the_most(double[] rounds, double min, double median, double max) =>
        MinMedianMax.Of(rounds).Should().Be(new MinMedianMax(min, median, max));

    [Fact]
    public void There_is_none_without_a_round()
    {
        Action none = () => MinMedianMax.Of([]);
        none.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void It_is_written_as_three_numbers_with_six_digits_and_read_again()
    {
        string json = JsonSerializer.Serialize(new MinMedianMax(1.0 / 3, 2, 12_345_678));
        json.Should().Be("[0.333333,2,12345678]");
        JsonSerializer.Deserialize<MinMedianMax>(json).Should().Be(new MinMedianMax(0.333333, 2, 12_345_678));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1_234_567.8, 1_234_568)]
    [InlineData(0.000123456789, 0.000123457)]
    [InlineData(-9.99999951, -10)]
    [InlineData(16_384, 16_384)]
    public void Six_digits_are_kept_and_whole_numbers_stay(double value, double written) =>
        Digits.Significant(value).Should().Be(written);

    [Fact]
    public void Half_a_figure_is_refused()
    {
        Action half = () => JsonSerializer.Deserialize<MinMedianMax>("[1, 2]");
        half.Should().Throw<JsonException>();
    }
}
