namespace Metrana.Native.Tests;

/// <summary>Other types become the ones that can be logged exactly, or not at all.</summary>
public class WidenTests
{
    private const long Edge = 1L << 53;

    [Fact]
    public void Whole_numbers_up_to_the_edge_are_exact()
    {
        Widen.ToDouble(Edge).Should().Be(9007199254740992.0);
        Widen.ToDouble((ulong)Edge).Should().Be(9007199254740992.0);
        Widen.ToDouble(-Edge).Should().Be(-9007199254740992.0);
        Widen.ToDouble([1L, Edge - 1, -Edge]).Should().Equal(1, 9007199254740991.0, -9007199254740992.0);
        Widen.ToDouble([int.MinValue, 0, int.MaxValue]).Should().Equal(-2147483648.0, 0, 2147483647.0);
    }

    [Theory]
    [InlineData(Edge + 1)]
    [InlineData(Edge + 2)]
    [InlineData(-Edge - 1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Beyond_it_they_are_refused_with_their_place(long value)
    {
        FluentActions.Invoking(() => Widen.ToDouble(value)).Should().Throw<ArgumentOutOfRangeException>().Which.ActualValue.Should().Be(value);
        FluentActions.Invoking(() => Widen.ToDouble([0L, 1L, value])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*index 2 is beyond 2^53*");
    }

    [Theory]
    [InlineData((ulong)Edge + 1)]
    [InlineData(ulong.MaxValue)]
    public void Without_a_sign_they_are_refused_as_well(ulong value) =>
        FluentActions.Invoking(() => Widen.ToDouble(value)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*The value is beyond 2^53*").Which.ActualValue.Should().Be(value);

    [Fact]
    public void Half_precision_becomes_single_precision_bit_by_bit()
    {
        Half[] halves = [(Half)0.1, Half.NaN, Half.NegativeInfinity, Half.NegativeZero, Half.Epsilon];

        float[] singles = Widen.ToSingle(halves);

        singles.Select(value => BitConverter.HalfToInt16Bits((Half)value)).Should().Equal(halves.Select(BitConverter.HalfToInt16Bits));
        singles[0].Should().Be(0.099975586f);
    }

    [Fact]
    public void A_buffer_gives_back_what_was_filled()
    {
        double[] buffer = new double[5];
        float[] singles = new float[5];

        Widen.ToDouble([1, 2], buffer).ToArray().Should().Equal(1, 2);
        Widen.ToDouble([3L], buffer.AsSpan(1)).Length.Should().Be(1);
        Widen.ToSingle([(Half)4], singles).ToArray().Should().Equal(4);
        buffer.Should().Equal(1, 3, 0, 0, 0);
        FluentActions.Invoking(() => { Widen.ToDouble([1, 2], new double[1]); }).Should().Throw<ArgumentException>().WithMessage("*room for 1 values, 2 are needed*");
        FluentActions.Invoking(() => { Widen.ToDouble([1L, 2L], new double[1]); }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => { Widen.ToSingle([(Half)1], []); }).Should().Throw<ArgumentException>();
    }
}
