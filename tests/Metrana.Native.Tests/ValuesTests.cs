using System.Numerics;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Every type of number becomes a double exactly, or is refused.</summary>
public sealed class ValuesTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const long Edge = 1L << 53;

    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public void Numbers_of_every_type_keep_their_value()
    {
        Exact.ToDouble((sbyte)-1).Should().Be(-1);
        Exact.ToDouble(byte.MaxValue).Should().Be(255);
        Exact.ToDouble(short.MinValue).Should().Be(short.MinValue);
        Exact.ToDouble(ushort.MaxValue).Should().Be(ushort.MaxValue);
        Exact.ToDouble(int.MinValue).Should().Be(int.MinValue);
        Exact.ToDouble(uint.MaxValue).Should().Be(uint.MaxValue);
        Exact.ToDouble(-Edge).Should().Be(-9007199254740992.0);
        Exact.ToDouble((ulong)Edge).Should().Be(9007199254740992.0);
        Exact.ToDouble((nint)7).Should().Be(7);
        Exact.ToDouble((Half)0.5).Should().Be(0.5);
        Exact.ToDouble(0.1f).Should().Be(0.1f);
        Exact.ToDouble(double.NaN).Should().Be(double.NaN);
        Exact.ToDouble(0.1m).Should().Be(0.1);
        Exact.ToDouble((Int128)Edge).Should().Be(9007199254740992.0);
        Exact.ToDouble(BigInteger.Pow(2, 60)).Should().Be(1152921504606846976.0, "a double holds it");
    }

    [Fact]
    public void What_a_double_does_not_hold_is_refused()
    {
        Refused(Edge + 1);
        Refused(-Edge - 1);
        Refused(long.MinValue);
        Refused(long.MaxValue);
        Refused((ulong)Edge + 1);
        Refused(ulong.MaxValue);
        Refused(nint.MaxValue);
        Refused((Int128)Edge + 1);
        Refused(decimal.MaxValue);
        Refused(BigInteger.Pow(2, 60) + 1);
        Refused(BigInteger.Pow(10, 400));
        Refused(new Complex(1, 2));

        static void Refused<T>(T value)
            where T : struct, INumberBase<T> =>
            FluentActions.Invoking(() => Exact.ToDouble(value)).Should().Throw<ArgumentOutOfRangeException>()
                .WithMessage("The value is beyond 2^53*").WithParameterName(nameof(value)).Which.ActualValue.Should().NotBeNull();
    }

    [Fact]
    public void A_column_says_which_of_its_values_does_not_fit() =>
        FluentActions.Invoking(() => Widened((long[])[0L, 1L, Edge + 1])).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*index 2 is beyond 2^53*").WithParameterName("values");

    [Fact]
    public void Everything_that_holds_numbers_converts_by_itself()
    {
        int[] ints = [1, 2];
        Widened(ints).Should().Equal(1, 2);
        Widened(ints.AsSpan()).Should().Equal(1, 2);
        Widened((ReadOnlySpan<int>)ints).Should().Equal(1, 2);
        Widened(new List<int> { 1, 2 }).Should().Equal(1, 2);
        Widened(new List<long> { 1, 2 }).Should().Equal(1, 2);
        Widened((Half[])[(Half)0.5, Half.NaN]).Should().Equal(0.5, double.NaN);
        Widened((byte[])[0, 255]).Should().Equal(0, 255);
        Widened((bool[])[true, false, true]).Should().Equal(1, 0, 1);
        Widened(Values.Of<decimal>([0.5m, 2])).Should().Equal(0.5, 2);
        ((Values)true).Doubles.ToArray().Should().Equal(1);
        ((Values)new List<double> { 1, 2 }).Doubles.ToArray().Should().Equal(1, 2);
        ((Values)new Memory<double>([1, 2])).Doubles.ToArray().Should().Equal(1, 2);
        ((Values)new ArraySegment<double>([1, 2, 3], 1, 2)).Doubles.ToArray().Should().Equal(2, 3);
        ((Values)new float[] { 0.1f }).Floats.ToArray().Should().Equal(0.1f);
        ((Values)new ReadOnlyMemory<float>([0.1f])).Floats.ToArray().Should().Equal(0.1f);
        Values written = [0.5, 1];
        written.Doubles.ToArray().Should().Equal(0.5, 1);
        FluentActions.Invoking(() => { Values _ = (double[])null!; }).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => { Values _ = (List<int>)null!; }).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void The_values_of_a_call_can_be_gone_through()
    {
        List<double> seen = [];
        foreach (double value in (Values)new[] { 1, 2 })
        {
            seen.Add(value);
        }

        foreach (double value in (Values)new[] { 0.5f })
        {
            seen.Add(value);
        }

        foreach (double value in (Values)true)
        {
            seen.Add(value);
        }

        seen.Should().Equal(1, 2, 0.5, 1);
    }

    [Fact]
    public async Task They_arrive_in_every_kind_of_call()
    {
        using Logger logger = new(Runs.Config(_server));
        Series series = logger.Series("series", Scale.MlStep);
        int[] counts = [1, 2, 3];
        LogBatch batch = new();

        logger.LogStdFloats("std", Scale.MlStep, counts);
        logger.LogStdFloats("std", Scale.MlStep, true);
        logger.LogDistributedFloats("distributed", Scale.MlStep, counts, (int[])[7, 5, 6]);
        logger.LogRlFloats("rl", Scale.MlStep, counts, 0, "e");
        series.Log(counts);
        series.Log((Half)0.5);
        series.Log(new List<double> { 4, 5 });
        batch.Add("batch", Scale.MlStep, counts);
        batch.Add("batch", Scale.MlStep, 9m);
        logger.Log(batch);

        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "std")).Values.Should().Equal(1, 2, 3, 1);
        (await _server.PointsAsync(logger.RunIdHex, "distributed")).Steps.Should().Equal(7, 5, 6);
        (await _server.RlPointsAsync(logger.RunIdHex, "rl", "e")).Values.Should().Equal(1, 2, 3);
        (await _server.PointsAsync(logger.RunIdHex, "series")).Values.Should().Equal(1, 2, 3, 0.5, 4, 5);
        (await _server.PointsAsync(logger.RunIdHex, "batch")).Values.Should().Equal(1, 2, 3, 9);
    }

    [Fact]
    public void A_column_with_a_value_that_does_not_fit_is_not_logged_at_all()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, new[] { 1L, Edge + 1 })).Should().Throw<ArgumentOutOfRangeException>();

        logger.GetMetrics().FloatPoints.Added.Should().Be(0);
        logger.GetSeriesLastStep("m", Scale.MlStep).Should().BeNull();
    }

    private static double[] Widened(Values values)
    {
        values.AreOthers.Should().BeTrue();
        using Values.Widened widened = values.Widen();
        return widened.Span.ToArray();
    }
}
