using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Metrana.Syvain.Tests;

/// <summary>Numbers, times and facts.</summary>
public sealed partial class ValueTests
{
    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1, "1.0")]
    [InlineData(-1, "-1.0")]
    [InlineData(0.42, "0.42")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(1e-7, "1e-07")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1234567890123456, "1234567890123456.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(9.9999999999999998e22, "1e+23")]
    public void A_number_has_the_text_that_other_writers_give_it(double number, string text) => PythonNumbers.Text(number).Should().Be(text);

    [Fact]
    public void Every_number_is_read_back()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < 2000; i++)
        {
            double number = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(number))
            {
                double.Parse(PythonNumbers.Text(number), System.Globalization.CultureInfo.InvariantCulture).Should().Be(number, $"the seed is {seed}");
            }
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(1e300)]
    public void A_time_that_is_none_is_refused(double number) =>
        FluentActions.Invoking(() => EventTime.From(number)).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void A_moment_of_1970_stays_there() =>
        EventTime.From(DateTimeOffset.FromUnixTimeMilliseconds(5000)).Milliseconds.Should().Be(5000);

    [Fact]
    [ParityRow("syvain/metadata", "nested", "JSON")]
    public void Facts_become_JSON()
    {
        Metadata facts = new()
        {
            ["text"] = "ü\n",
            ["none"] = null,
            ["int"] = 7,
            ["float"] = 0.1f,
            ["double"] = 1.0,
            ["decimal"] = 1.50m,
            ["truth"] = true,
            ["day"] = new DateOnly(2026, 1, 2),
            ["span"] = TimeSpan.FromSeconds(90),
            ["kind"] = DayOfWeek.Friday,
            ["nested"] = new Dictionary<string, object?> { ["list"] = new[] { 1, 2 }, ["deeper"] = new Metadata { ["x"] = 1 } },
            ["node"] = new JsonObject { ["a"] = 1 },
            ["element"] = JsonDocument.Parse("[true]").RootElement,
        };
        Text(facts).Should().Be(
            """{"text":"\u00FC\n","none":null,"int":7,"float":0.1,"double":1.0,"decimal":1.50,"truth":true,"day":"2026-01-02","span":"00:01:30","kind":"Friday","nested":{"list":[1,2],"deeper":{"x":1}},"node":{"a":1},"element":[true]}""");
        facts["int"] = 8;
        Text(facts).Should().Contain("\"int\":8");
        Text(null).Should().Be("{}");
        Text([]).Should().Be("{}");
        Text(Metadata.From(new Hyperparameters(0.1, 64), FactsContext.Default.Hyperparameters)).Should().Be("""{"Lr":0.1,"Batch":64}""");
    }

    [Fact]
    public void Facts_that_cannot_be_JSON_are_named()
    {
        Dictionary<string, object?> circle = [];
        circle["self"] = circle;
        FluentActions.Invoking(() => Text(circle)).Should().Throw<ArgumentException>().WithMessage("*'self' contains itself*");
        FluentActions.Invoking(() => Text(new() { ["a"] = new Dictionary<string, object?> { ["b"] = Stream.Null } })).Should().Throw<ArgumentException>().WithMessage("*'a/b'*Stream*");
        FluentActions.Invoking(() => Text(new() { ["a"] = new[] { 1, double.PositiveInfinity } })).Should().Throw<ArgumentException>().WithMessage("*'a/1'*Infinity*");
        FluentActions.Invoking(() => Text(new() { ["a"] = new Dictionary<int, int> { [1] = 2 } })).Should().Throw<ArgumentException>().WithMessage("*'a' has a key*Int32*");
    }

    private static string Text(Metadata? metadata) => Encoding.UTF8.GetString(Metadata.Encode(metadata));

    internal sealed record Hyperparameters(double Lr, int Batch);

    [JsonSerializable(typeof(Hyperparameters))]
    internal sealed partial class FactsContext : JsonSerializerContext;
}
