using FluentAssertions;
using Metrana.Player.Methods;
using Metrana.Player.Scripts;
using Metrana.Player.Values;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>What the arguments of a float call become, as the published client converts them.</summary>
public sealed class ConversionTests
{
    [Theory]
    [InlineData("3.5", new[] { 3.5 })]
    [InlineData("3", new[] { 3.0 })]
    [InlineData("true", new[] { 1.0 })]
    [InlineData("[]", new double[0])]
    [InlineData("[1, 2.5, true, null]", new[] { 1, 2.5, 1, double.NaN })]
    [InlineData("""{"tuple":[1, 2]}""", new[] { 1.0, 2.0 })]
    [InlineData("""{"ndarray":"float64","shape":[],"data":2}""", new[] { 2.0 })]
    [InlineData("""{"ndarray":"float32","shape":[1],"data":[0.1]}""", new[] { (double)0.1f })]
    [InlineData("""{"ndarray":"int64","shape":[2],"data":[1.9,-1.9]}""", new[] { 1.0, -1.0 })]
    [InlineData("[9007199254740993]", new[] { 9007199254740992.0 })]
    [InlineData("""["1.5", " -2e3 ", "Infinity", "3"]""", new[] { 1.5, -2000, double.PositiveInfinity, 3 })]
    [InlineData("\"2.5\"", new[] { 2.5 })]
    [InlineData("""["nan", "-nan"]""", new[] { double.NaN, double.NaN })]
    [InlineData("[18446744073709551617, 9223372036854776833]", new[] { 18446744073709551616.0, 9223372036854777856.0 })]
    [ParityRow("point/numbers-in-text", "\"3\"")]
    public void Values_without_dtype_are_doubles(string values, double[] expected)
    {
        var column = Column(values);

        column.Singles.Should().BeNull();
        column.Doubles.Should().Equal(expected);
    }

    [Theory]
    [InlineData("float32", "[0.1, 1e39, -1e39]", new[] { 0.1f, float.PositiveInfinity, float.NegativeInfinity })]
    [InlineData("float32", """{"ndarray":"float64","shape":[1],"data":[0.1]}""", new[] { 0.1f })]
    [InlineData("float32", """{"ndarray":"int64","shape":[1],"data":[9007199791611905]}""", new[] { 9007200328482816f })]
    [InlineData("float16", "[0.1, 65504, 65520, 1e-8]", new[] { 0.099975586f, 65504f, float.PositiveInfinity, 0f })]
    [ParityRow("point/single-and-half-precision", "single", "precision", "infinity")]
    public void Dtype_asks_for_single_precision(string dtype, string values, float[] expected)
    {
        var column = Column(values, dtype);

        column.Doubles.Should().BeNull();
        column.Singles.Should().Equal(expected);
    }

    [Theory]
    [InlineData("int64")]
    [InlineData("int32")]
    [ParityRow("point/integer-precision", "cut", "fraction", "int64", "int32")]
    public void Integer_dtypes_cut_the_fraction_and_keep_the_sign(string dtype)
    {
        var column = Column("[1.9, -1.9, -0.5, 1e300]", dtype);

        column.Doubles!.Select(BitConverter.DoubleToInt64Bits).Should()
            .Equal(new[] { 1.0, -1.0, -0.0, 1e300 }.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void The_NaN_of_the_published_client_stays_what_it_is()
    {
        BitConverter.DoubleToInt64Bits(Column("[null]").Doubles![0]).Should().Be(0x7FF8_0000_0000_0000);
        BitConverter.SingleToInt32Bits(Column("""[{"float":"nan"}]""", "float32").Singles![0]).Should().Be(0x7FC0_0000);
        BitConverter.SingleToInt32Bits(Column("""[{"float":"nan"}]""", "float16").Singles![0]).Should().Be(0x7FC0_0000);
    }

    [Theory]
    [InlineData("""["x"]""", null, "ValueError")]
    [InlineData("""[""]""", null, "ValueError")]
    [InlineData("""["1,5"]""", null, "ValueError")]
    [InlineData("""["--inf"]""", null, "ValueError")]
    [InlineData("""["0x10"]""", null, "ValueError")]
    [InlineData("""{"a":1}""", null, "TypeError")]
    [InlineData("[[1]]", null, "TypeError")]
    [InlineData("[[1],[1,2]]", null, "ValueError")]
    [InlineData("[[1],2]", null, "ValueError")]
    [InlineData("""{"ndarray":"float64","shape":[1,1],"data":[[1]]}""", null, "TypeError")]
    [InlineData("""{"ndarray":"int64","shape":[1],"data":[9223372036854775808]}""", null, "OverflowError")]
    [InlineData("[1]", "float8", "TypeError")]
    [InlineData("""[{"float":"nan"}]""", "int64", "ValueError")]
    [InlineData("""[{"float":"inf"}]""", "int32", "ValueError")]
    [ParityRow("point/integer-precision", "int64", "int32")]
    public void Values_that_no_call_can_take(string values, string? dtype, string raises) =>
        FluentActions.Invoking(() => Column(values, dtype)).Should().Throw<RefusalException>().Which.PublishedName.Should().Be(raises);

    [Fact]
    public void A_number_beyond_any_float_is_refused() =>
        FluentActions.Invoking(() => Column($"1{new string('0', 400)}")).Should().Throw<RefusalException>()
            .Which.PublishedName.Should().Be("OverflowError");

    [Theory]
    [InlineData("[1, 2.9, true]", new long[] { 1, 2, 1 })]
    [InlineData("[9223372036854775807]", new[] { long.MaxValue })]
    [InlineData("""{"ndarray":"float32","shape":[1],"data":[16777217.0]}""", new long[] { 16777216 })]
    [InlineData("[]", new long[0])]
    [InlineData("""["7", " -8 "]""", new long[] { 7, -8 })]
    [InlineData("""{"ndarray":"float64","shape":[3],"data":[-1.9,-0.5,2.9]}""", new long[] { -1, 0, 2 })]
    [InlineData("""{"ndarray":"float64","shape":[2],"data":[{"float":"nan"},9223372036854775808.0]}""", new[] { long.MinValue, long.MinValue })]
    [ParityRow("point/numbers-in-text", "\"7\"")]
    public void Integer_columns(string values, long[] expected) =>
        Columns.OptionalInt64s(Bind($$"""{"steps":{{values}}}"""), "steps").Should().Equal(expected);

    [Theory]
    [InlineData("[1, 2.0, true, -0.0]", new ulong[] { 1, 2, 1, 0 })]
    [InlineData("[18446744073709551615]", new[] { ulong.MaxValue })]
    [InlineData("[18446744073709549568.0]", new[] { 18446744073709549568UL })]
    [InlineData("""{"ndarray":"int64","shape":[1],"data":[1.9]}""", new ulong[] { 1 })]
    [InlineData("[18446744073709551615, 9223372036854775808, true]", new[] { ulong.MaxValue, 9223372036854775808UL, 1UL })]
    [InlineData("[9223372036854775807, 1]", new[] { 9223372036854775807UL, 1UL })]
    [InlineData("[9223372036854775809, 1]", new[] { 9223372036854775808UL, 1UL })]
    [InlineData("[9007199254740993, 1.0]", new[] { 9007199254740992UL, 1UL })]
    [InlineData("[]", new ulong[0])]
    [InlineData("""{"ndarray":"float32","shape":[1],"data":[16777217.0]}""", new ulong[] { 16777216 })]
    [ParityRow("set/mixed-counts", "9007199254740993, 1.0")]
    public void Count_columns(string values, ulong[] expected) => NumericArray.From(Bind($$"""{"c":{{values}}}""").Required("c"), "c").ToCounts()
        .Should().Equal(expected);

    [Theory]
    [InlineData("[18446744073709551615, 1]")]
    [InlineData("[18446744073709551616]")]
    [InlineData("[-1, 18446744073709551615]")]
    [InlineData("[1.5]")]
    [InlineData("""["1"]""")]
    [InlineData("[null]")]
    [InlineData("""{"ndarray":"float64","shape":[1],"data":[18446744073709551616.0]}""")]
    [InlineData("""{"ndarray":"int64","shape":[1],"data":[-1]}""")]
    public void Counts_that_no_histogram_can_take(string values) =>
        FluentActions.Invoking(() => NumericArray.From(Bind($$"""{"c":{{values}}}""").Required("c"), "c").ToCounts()).Should()
            .Throw<RefusalException>();

    [Theory]
    [InlineData("steps", "5", "TypeError")]
    [InlineData("steps", "[[1]]", "TypeError")]
    [InlineData("steps", "[-1]", "ValueError")]
    [InlineData("steps", "[9223372036854775808]", "OverflowError")]
    [InlineData("steps", """[{"float":"nan"}]""", "ValueError")]
    [InlineData("steps", """{"ndarray":"float64","shape":[1],"data":[{"float":"nan"}]}""", "ValueError")]
    [InlineData("steps", """["1.5"]""", "ValueError")]
    [InlineData("steps", """[1e19]""", "OverflowError")]
    [InlineData("steps", "[null]", "TypeError")]
    [InlineData("first_step", "-1", "OverflowError")]
    [InlineData("first_step", "1.0", "TypeError")]
    [InlineData("first_step", "9223372036854775808", "OverflowError")]
    [InlineData("timestamps_millis", "5", "TypeError")]
    [InlineData("timestamp_millis", "-9223372036854775809", "OverflowError")]
    [InlineData("timestamp_millis", "[1]", "TypeError")]
    public void Steps_and_timestamps_that_no_call_can_take(string argument, string value, string raises)
    {
        var arguments = Bind($$"""{"{{argument}}":{{value}}}""");

        var read = () =>
        {
            _ = StepArguments.From(arguments).Steps;
            _ = TimestampArguments.From(arguments).Timestamps;
        };

        read.Should().Throw<RefusalException>().Which.PublishedName.Should().Be(raises);
    }

    [Fact]
    public void Forms_that_exclude_each_other()
    {
        FluentActions.Invoking(() => StepArguments.From(Bind("""{"steps":[1],"first_step":1}"""))).Should()
            .Throw<RefusalException>().Which.PublishedName.Should().Be("ValueError");
        FluentActions.Invoking(() => TimestampArguments.From(Bind("""{"timestamps_millis":[1],"timestamp_millis":1}"""))).Should()
            .Throw<RefusalException>().Which.PublishedName.Should().Be("ValueError");
    }

    [Theory]
    [InlineData("null", "")]
    [InlineData("{}", "")]
    [InlineData("""{"b":"2","a":"1"}""", "b=2 a=1")]
    [InlineData("""[{"tuple":["b","2"]},{"tuple":["a","1"]}]""", "b=2 a=1")]
    [InlineData("""{"tuple":[{"tuple":["a","1"]},{"tuple":["a","2"]}]}""", "a=1 a=2")]
    public void Labels_are_handed_on_as_they_were_given(string labels, string expected) =>
        string.Join(' ', Bind($$"""{"labels":{{labels}}}""").Labels().Select(label => $"{label.Key}={label.Value}")).Should().Be(expected);

    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData("""[{"tuple":["a"]}]""")]
    [InlineData("""[{"tuple":["a","b","c"]}]""")]
    [InlineData("""[{"tuple":["a",null]}]""")]
    [InlineData("""[["a","b"]]""")]
    [InlineData("""["ab"]""")]
    [InlineData("1")]
    public void Labels_that_are_not_text(string labels) =>
        FluentActions.Invoking(() => Bind($$"""{"labels":{{labels}}}""").Labels()).Should().Throw<RefusalException>()
            .Which.PublishedName.Should().Be("TypeError");

    [Theory]
    [InlineData("""[1, 2, 3, 4, 5]""", "{}", "*takes 4 positional arguments but 5 were given*")]
    [InlineData("""[1, 2, 3]""", """{"metric":1}""", "*multiple values for argument 'metric'*")]
    [InlineData("""[1, 2, 3]""", """{"step":1}""", "*unexpected keyword argument 'step'*")]
    [InlineData("""[1, 2]""", "{}", "*missing required argument: 'values'*")]
    public void Arguments_that_do_not_fit_the_parameters(string args, string kwargs, string message)
    {
        var call = ScriptReader.ReadLine(
            $$"""{"name":"x","config":{},"calls":[{"method":"log_std_floats","args":{{args}},"kwargs":{{kwargs}}}]}""").Calls[0];

        FluentActions.Invoking(() => new LogStdFloats().Signature.Bind(call)).Should().Throw<RefusalException>().WithMessage(message)
            .Which.PublishedName.Should().Be("TypeError");
    }

    private static FloatColumn Column(string values, string? dtype = null) =>
        Columns.Values(Bind($$"""{"values":{{values}},"dtype":{{(dtype is null ? "null" : $"\"{dtype}\"")}}}"""));

    private static Arguments Bind(string kwargs) => new(ScriptReader.ReadLine(
        $$"""{"name":"x","config":{{kwargs}},"calls":[]}""").Config.Entries.ToDictionary(entry => entry.Key, entry => entry.Value));
}
