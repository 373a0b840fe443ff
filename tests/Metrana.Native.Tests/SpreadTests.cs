namespace Metrana.Native.Tests;

/// <summary>The small types of a reinforcement-learning call.</summary>
public class SpreadTests
{
    [Theory]
    [InlineData(1, 1, 1, SpreadKind.Grid)]
    [InlineData(1, 3, 3, SpreadKind.Grid)]
    [InlineData(1, 3, 1, SpreadKind.PerEnvironment)]
    [InlineData(2, 2, 2, SpreadKind.PerEnvironment)]
    [InlineData(2, 4, 2, SpreadKind.PerEnvironment)]
    [InlineData(2, 4, 4, SpreadKind.Grid)]
    [InlineData(3, 9, 3, SpreadKind.PerEnvironment)]
    [InlineData(2, 4, 3, SpreadKind.Grid)]
    public void A_span_is_what_its_length_fits(int environments, int values, int length, object expected)
    {
        Spread spread = Spread.Each(new long[length]).For(environments, values);

        spread.Kind.Should().Be((SpreadKind)expected);
        spread.Values.Length.Should().Be(length);
    }

    [Fact]
    public void What_is_said_is_not_guessed()
    {
        Spread.Grid(new long[2]).For(2, 4).Kind.Should().Be(SpreadKind.Grid);
        Spread.PerEnvironment(new long[4]).For(2, 4).Kind.Should().Be(SpreadKind.PerEnvironment);
        Spread.Uniform(7).For(2, 4).Kind.Should().Be(SpreadKind.Uniform);
        default(Spread).For(2, 4).Kind.Should().Be(SpreadKind.None);
    }

    [Fact]
    public void Numbers_spans_arrays_and_brackets_convert()
    {
        ReadOnlySpan<long> span = [1, 2];
        long[] array = [1, 2];
        Episodes one = 3;
        Episodes many = span;
        Episodes written = [4, 5];
        EnvironmentSteps first = 6;
        EnvironmentSteps steps = array;
        RlTimestamps moment = DateTimeOffset.UnixEpoch.AddMilliseconds(8);
        RlTimestamps millis = array;

        (one.Spread.Kind, one.Spread.Value).Should().Be((SpreadKind.Uniform, 3L));
        many.Spread.Values.ToArray().Should().Equal(1, 2);
        written.Spread.Values.ToArray().Should().Equal(4, 5);
        (first.Spread.Kind, first.Spread.Value).Should().Be((SpreadKind.Uniform, 6L));
        steps.Spread.Values.ToArray().Should().Equal(1, 2);
        (moment.Spread.Kind, moment.Spread.Value).Should().Be((SpreadKind.Uniform, 8L));
        millis.Spread.Values.ToArray().Should().Equal(1, 2);
        Episodes.None.Spread.Kind.Should().Be(SpreadKind.None);
        EnvironmentSteps.Auto.Spread.Kind.Should().Be(SpreadKind.None);
        RlTimestamps.Now.Spread.Kind.Should().Be(SpreadKind.None);
        FluentActions.Invoking(() => { Episodes _ = (long[])null!; }).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => EnvironmentSteps.PerEnvironment([0, -1]).Spread.Kind).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Environments_of_a_call_can_be_gone_through_in_each_form()
    {
        Names("one").Should().Equal("one");
        Names(["a", "b"]).Should().Equal("a", "b");
        Names(new[] { "a", "b" }).Should().Equal("a", "b");
        Names(default).Should().BeEmpty();

        static List<string> Names(EnvironmentSpan environments)
        {
            List<string> names = [];
            foreach (string name in environments)
            {
                names.Add(name);
            }

            names.Count.Should().Be(environments.Count);
            return names;
        }
    }
}
