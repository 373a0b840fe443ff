using FluentAssertions;
using Metrana.Player.Scripts;
using Metrana.Player.Values;
using Xunit;

namespace Metrana.Player.Tests;

public sealed class ScriptReaderTests
{
    [Fact]
    public void A_script_in_full()
    {
        var script = ScriptReader.ReadLine(
            """{"name":"a/b","config":{"logger_id":18446744073709551615},"calls":[{"method":"flush","args":[1],"kwargs":{"x":null}}]}""");

        script.Name.Should().Be("a/b");
        script.Config.Entries.Should().ContainSingle().Which.Value.Should().Be(new IntegerValue(ulong.MaxValue));
        var call = script.Calls.Should().ContainSingle().Subject;
        call.Method.Should().Be("flush");
        call.Args.Should().Equal(new IntegerValue(1));
        call.Kwargs.Entries.Should().ContainSingle().Which.Value.Should().Be(new NoneValue());
    }

    [Theory]
    [InlineData("null", typeof(NoneValue))]
    [InlineData("true", typeof(BoolValue))]
    [InlineData("1", typeof(IntegerValue))]
    [InlineData("-170141183460469231731687303715884105728", typeof(IntegerValue))]
    [InlineData("1.0", typeof(FloatValue))]
    [InlineData("1e3", typeof(FloatValue))]
    [InlineData("\"x\"", typeof(TextValue))]
    [InlineData("[]", typeof(ListValue))]
    [InlineData("""{"float":"nan"}""", typeof(FloatValue))]
    [InlineData("""{"float":"NaN"}""", typeof(MappingValue))]
    [InlineData("""{"float":"nan","more":1}""", typeof(MappingValue))]
    [InlineData("""{"tuple":[1,2]}""", typeof(ListValue))]
    [InlineData("""{"tuple":1}""", typeof(MappingValue))]
    [InlineData("""{"ndarray":"int64","shape":[],"data":3}""", typeof(ArrayValue))]
    [InlineData("""{"ndarray":"int64"}""", typeof(MappingValue))]
    [InlineData("{}", typeof(MappingValue))]
    public void Each_kind_of_value(string json, Type type) => Value(json).Should().BeOfType(type);

    [Theory]
    [InlineData("""{"set":["a"]}""", typeof(SetValue))]
    [InlineData("""{"set":"a"}""", typeof(MappingValue))]
    [InlineData("""{"set":[],"more":1}""", typeof(MappingValue))]
    [InlineData("""{"datetime":"2024-01-02T03:04:05"}""", typeof(DateValue))]
    [InlineData("""{"datetime":1}""", typeof(MappingValue))]
    public void Sets_and_dates_are_a_golden_vectors_alone(string json, Type type)
    {
        ScriptReader.ReadLine($$$"""{"name":"x","engine":"0.12.0","config":{"value":{{{json}}}},"calls":[]}""").Config.Entries[0].Value
            .Should().BeOfType(type);
        Value(json).Should().BeOfType<MappingValue>("a script knows neither");
    }

    [Fact]
    public void Numbers_keep_every_digit_and_sign()
    {
        Bits("-0.0").Should().Be(BitConverter.DoubleToInt64Bits(-0.0));
        Bits("""{"float":"nan"}""").Should().Be(0x7FF8_0000_0000_0000, "that is the NaN that the published client sends");
        Bits("""{"float":"-inf"}""").Should().Be(BitConverter.DoubleToInt64Bits(double.NegativeInfinity));
        Bits("4.9406564584124654e-324").Should().Be(1);
        ((IntegerValue)Value("123456789012345678901234567890")).Value.ToString().Should().Be("123456789012345678901234567890");

        static long Bits(string json) => BitConverter.DoubleToInt64Bits(((FloatValue)Value(json)).Value);
    }

    [Fact]
    public void An_array_is_flattened_row_by_row()
    {
        var array = (ArrayValue)Value("""{"ndarray":"float32","shape":[2,3],"data":[[1,2,3],[4,5,{"float":"inf"}]]}""");

        array.Type.Should().Be(ElementType.Float32);
        array.Shape.Should().Equal(2, 3);
        array.Elements.Should().HaveCount(6).And.HaveElementAt(3, new IntegerValue(4));
    }

    [Fact]
    public void Of_a_key_that_comes_twice_the_last_counts()
    {
        var mapping = (MappingValue)Value("""{"a":1,"b":2,"a":3}""");

        mapping.Entries.Select(entry => (entry.Key, entry.Value)).Should()
            .Equal(("a", new IntegerValue(3)), ("b", new IntegerValue(2)));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_read_as_it_stands() =>
        Value("""  "a\ud83d\n\u00e9\/"  """).Should().Be(new TextValue("a\ud83d\né/"));

    [Theory]
    [InlineData("hello", "*'h'*")]
    [InlineData("[]", "*a script must be a JSON Object*")]
    [InlineData("""{"config":{},"calls":[]}""", "*no 'name'*")]
    [InlineData("""{"name":1,"config":{},"calls":[]}""", "*'name' must be a JSON String*")]
    [InlineData("""{"name":"x","config":[],"calls":[]}""", "*'config' must be*")]
    [InlineData("""{"name":"x","config":{}}""", "*no 'calls'*")]
    [InlineData("""{"name":"x","config":{},"calls":[{"args":[],"kwargs":{}}]}""", "*no 'method'*")]
    [InlineData("""{"name":"x","config":{},"calls":[{"method":"m","args":[],"kwargs":{},"kwarg":{}}]}""", "*no 'kwarg'*")]
    [InlineData("""{"name":"x","config":{},"calls":[{"method":"m","args":[NaN],"kwargs":{}}]}""", "*'N'*")]
    [InlineData("""{"name":"x","config":{"a":1,},"calls":[]}""", "*trailing comma*")]
    [InlineData("""{"name":"x","config":{"a":{"ndarray":"int8","shape":[],"data":1}},"calls":[]}""", "*int8*")]
    [InlineData("""{"name":"x","config":{"a":{"ndarray":"int64","shape":[2],"data":[1]}},"calls":[]}""", "*its shape*")]
    [InlineData("""{"name":"x","config":{"a":{"ndarray":"int64","shape":[-1],"data":[]}},"calls":[]}""", "*list of lengths*")]
    public void What_is_no_script_is_an_error_that_names_the_line(string line, string problem)
    {
        var read = () => ScriptReader.ReadLine(line, 17);

        read.Should().Throw<ScriptFormatException>().WithMessage("Line 17: *").WithMessage(problem).Which.Line.Should().Be(17);
    }

    [Fact]
    public void A_file_line_by_line()
    {
        var path = Path.GetTempFileName();
        try
        {
            const string Good = """{"name":"x","config":{},"calls":[]}""";
            File.WriteAllText(path, $"{Good}\r\n\n{Good}");
            ScriptReader.ReadFile(path).Should().HaveCount(2);

            File.WriteAllBytes(path, [.. System.Text.Encoding.UTF8.GetBytes($"{Good}\n\n"), (byte)'"', 0xFF, (byte)'"']);
            FluentActions.Invoking(() => ScriptReader.ReadFile(path)).Should().Throw<ScriptFormatException>().WithMessage("Line 3: it is not UTF-8.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ScriptValue Value(string json) =>
        ScriptReader.ReadLine($$"""{"name":"x","config":{"value":{{json}}},"calls":[]}""").Config.Entries[0].Value;
}
