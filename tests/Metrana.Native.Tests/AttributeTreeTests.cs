using System.Buffers.Binary;
using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Metrana.Native.Interop;

namespace Metrana.Native.Tests;

/// <summary>What becomes of attribute values on their way across: read back from the buffer by a reader of its own.</summary>
public class AttributeTreeTests
{
    internal enum Colour
    {
        Red,
    }

    public static TheoryData<object?, string> Values => new()
    {
        { null, "null" },
        { true, "true" },
        { false, "false" },
        { "größe 😀\0", "'größe 😀\0'" },
        { "", "''" },
        { sbyte.MinValue, "-128" },
        { byte.MaxValue, "255" },
        { short.MinValue, "-32768" },
        { ushort.MaxValue, "65535" },
        { int.MinValue, "-2147483648" },
        { uint.MaxValue, "4294967295" },
        { long.MinValue, "-9223372036854775808" },
        { long.MaxValue, "9223372036854775807" },
        { (ulong)long.MaxValue, "9223372036854775807" },
        { (ulong)long.MaxValue + 1, "f9.223372036854776E+18" },
        { 0.1, "f0.1" },
        { double.NaN, "fNaN" },
        { double.NegativeZero, "f-0" },
        { 0.1f, "f0.10000000149011612" },
        { (Half)0.5, "f0.5" },
        { 0.1m, "f0.1" },
        { -12345.678m, "f-12345.678" },
        { new DateTimeOffset(1970, 1, 1, 2, 0, 0, 5, TimeSpan.FromHours(2)), "t5" },
        { new DateTime(1970, 1, 1, 0, 0, 1, DateTimeKind.Utc), "t1000" },
        { new DateTime(1970, 1, 1, 0, 0, 1, DateTimeKind.Unspecified), "t1000" },
        { new DateTime(1970, 1, 1, 0, 0, 1, DateTimeKind.Utc).ToLocalTime(), "t1000" },
        { new DateOnly(1969, 12, 31), "t-86400000" },
        { Colour.Red, "'Red'" },
        { new[] { Colour.Red }, "['Red']" },
        { (Colour)7, "'7'" },
        { TimeSpan.FromSeconds(90.5), "'00:01:30.5000000'" },
        { new TimeOnly(1, 2, 3), "'01:02:03.0000000'" },
        { Guid.Empty, "'00000000-0000-0000-0000-000000000000'" },
        { 'ß', "'ß'" },
        { new Uri("http://x/y"), "'http://x/y'" },
        { new Version(1, 2), "'1.2'" },
        { new { lr = 0.5, layers = new[] { 64, 32 }, inner = new { on = true } }, "{lr:f0.5 layers:[64 32] inner:{on:true}}" },
        { new Settings(0.5, Colour.Red, new Optimizer { Name = "adam" }), "{Rate:f0.5 Colour:'Red' opt:{Name:'adam'}}" },
        { new[] { 1, 2 }, "[1 2]" },
        { new object?[] { 1, null, "x", new List<double> { 0.5 } }, "[1 null 'x' [f0.5]]" },
        { new SortedSet<string> { "b", "a" }, "['a' 'b']" },
        { new HashSet<int> { 7 }, "[7]" },
        { Enumerable.Range(3, 2), "[3 4]" },
        { new[] { 1u, uint.MaxValue }, "[1 4294967295]" },
        { new[] { 1ul, ulong.MaxValue }, "[1 f1.8446744073709552E+19]" },
        { new sbyte[] { -1 }, "[-1]" },
        { new[] { new[] { 1, 2 }, [3] }, "[[1 2] [3]]" },
        { Array.Empty<string>(), "[]" },
        { ImmutableArray.Create(1, 2), "[1 2]" },
        { (1, "x", (true, 2.5)), "[1 'x' [true f2.5]]" },
        { new Dictionary<string, int> { ["b"] = 1, ["a"] = 2 }, "{b:1 a:2}" },
        { new Dictionary<string, object?> { ["ü/x"] = null, [""] = new Dictionary<string, bool>() }, "{ü/x:null :{}}" },
        { new SortedDictionary<string, string> { ["k"] = "v" }, "{k:'v'}" },
        { new Dictionary<string, int> { ["k"] = 1 }.ToFrozenDictionary(), "{k:1}" },
        { ImmutableDictionary<string, int>.Empty.Add("k", 1), "{k:1}" },
        { new Hashtable { ["k"] = 1 }, "{k:1}" },
        { new[] { KeyValuePair.Create("k", (object?)1) }, "{k:1}" },
        { new List<KeyValuePair<string, string>> { new("k", "v") }, "{k:'v'}" },
        { Pairs(true), "{k:true}" },
        { Pairs(1), "{k:1}" },
        { Pairs(1L), "{k:1}" },
        { Pairs(0.1f), "{k:f0.10000000149011612}" },
        { Pairs(0.1), "{k:f0.1}" },
        { new List<KeyValuePair<string, int>>(), "{}" },
        { new Labels(("k", "v")), "{k:'v'}" },
        { Json("""{"a": [1, 1.0, -1e2, true, null, "x", {}], "big": 18446744073709551615}"""), "{a:[1 f1 f-100 true null 'x' {}] big:f1.8446744073709552E+19}" },
        { JsonDocument.Parse("[]"), "[]" },
        { Json("null"), "null" },
        { new Dictionary<string, JsonElement> { ["j"] = Json("9223372036854775807") }, "{j:9223372036854775807}" },
        { JsonNode.Parse("""{"a": [1, 1.0, -1e2, true, null, "größe", {}], "b": []}"""), "{a:[1 f1 f-100 true null 'größe' {}] b:[]}" },
        { JsonSerializer.Deserialize<JsonNode>("""[1, 1.0, "x", false]"""), "[1 f1 'x' false]" },
        { new JsonObject { ["i"] = 1, ["d"] = 1.0, ["f"] = 0.5f, ["u"] = ulong.MaxValue, ["n"] = null }, "{i:1 d:f1 f:f0.5 u:f1.8446744073709552E+19 n:null}" },
        { new JsonArray("x", true, 0.1m, double.NaN, new JsonArray()), "['x' true f0.1 fNaN []]" },
        { JsonValue.Create(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)), "'2026-01-02T03:04:05Z'" },
        { JsonValue.Create('x'), "'x'" },
        { JsonValue.Create(new Version(1, 2)), "'1.2'" },
        { new Dictionary<string, JsonNode> { ["j"] = JsonValue.Create(1) }, "{j:1}" },
        { new Dictionary<string, object> { ["j"] = new object[] { new JsonObject { ["k"] = 1 } } }, "{j:[{k:1}]}" },
    };

    internal sealed record Settings(double Rate, Colour Colour, [property: JsonPropertyName("opt")] Optimizer Optimizer)
    {
        [JsonIgnore]
        public string Secret => throw new InvalidOperationException("nobody asks");

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Seed { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public int Rank { get; init; }
    }

    internal sealed class Optimizer
    {
        public required string Name { get; init; }

        public string WriteOnly
        {
            set => _ = value;
        }
    }

    internal sealed class Broken
    {
        public int Rate => throw new InvalidOperationException("diverged");
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_crosses_as_what_it_is(object? value, string expected) => Read(value).Should().Be(expected);

    [Fact]
    public void Refusals_say_what_and_where()
    {
        Refusal(new object()).Should().StartWith("invalid attribute 'root': a value of type System.Object cannot be an attribute. ").And.Contain("dictionaries");
        Refusal(new { inner = new { bad = new object() } }).Should().StartWith("invalid attribute 'root/inner/bad': ");
        Refusal(new Broken()).Should().Be("invalid attribute 'root/Rate': the property threw InvalidOperationException: diverged");
        FluentActions.Invoking(() => AttributeTree.Of("root", new Broken(), AttributeContracts.Default.Options))
            .Should().ThrowExactly<ArgumentException>().WithMessage("invalid attribute 'root/Rate': *diverged");
        Refusal(new Settings(1, Colour.Red, new Optimizer { Name = "half \ud800" })).Should().Contain("'root/opt/Name'");
        Refusal((Action)(() => { })).Should().Contain("System.Action");
        Refusal(typeof(int)).Should().Contain("cannot be an attribute");
        Refusal(new byte[] { 1 }).Should().Contain("bytes").And.Contain("Convert.ToHexString");
        Refusal(0.1234567890123456789m).Should().Contain("more digits than a double can hold");
        Refusal(decimal.MaxValue).Should().Contain("more digits than a double can hold");
        Refusal(Json("18446744073709551616")).Should().Contain("out of range");
        Refusal(Json("-9223372036854775809")).Should().Contain("out of range");
        Refusal(JsonNode.Parse("""{"a": [18446744073709551616]}""")).Should().Contain("'root/a/0'").And.Contain("out of range");
        Refusal(new Dictionary<string, JsonElement> { ["j"] = default }).Should().Be(
            "invalid attribute 'root/j': default(JsonElement) holds no JSON. Leave it out, or pass null.");
        Refusal(new Dictionary<string, object> { ["m"] = new int[2, 3] }).Should().Contain("'root/m'").And.Contain("rank 2").And.Contain("array of arrays");
        Refusal(new byte[1, 1, 1]).Should().Contain("rank 3");
        Refusal(Pairs(1u)).Should().Contain("KeyValuePair").And.Contain("into a dictionary");
        Refusal(new[] { KeyValuePair.Create(1, 2) }).Should().Contain("into a dictionary");
        Refusal(new Dictionary<int, int> { [1] = 2 }).Should().Contain("'root'").And.Contain("System.Int32").And.Contain("attribute keys must be strings");
        Refusal(new Dictionary<string, object> { ["a"] = new object[] { 1, new Dictionary<string, object> { ["b"] = new object() } } })
            .Should().Contain("'root/a/1/b'").And.Contain("System.Object");
        Refusal(new List<object> { "ok", "half \ud800" }).Should().Contain("'root/1'").And.Contain("index 5");
        Refusal(new Dictionary<string, object> { ["\udc00"] = 1 }).Should().Contain("surrogate");
        Refusal(new[] { KeyValuePair.Create((string)null!, (object?)1) }).Should().Contain("key is null");
    }

    [Fact]
    public void What_contains_itself_ends_with_an_error_and_128_levels_are_none()
    {
        List<object> circle = [];
        circle.Add(circle);
        Refusal(circle).Should().Contain("more than 128 deep").And.Contain("does one contain itself?");

        Read(Nested(128)).Should().Be(new string('[', 128) + "1" + new string(']', 128));
        Refusal(Nested(129)).Should().Contain("more than 128 deep");

        static object Nested(int depth) => depth == 0 ? 1 : new object[] { Nested(depth - 1) };
    }

    [Fact]
    public void A_sequence_that_never_ends_is_refused_before_it_takes_the_memory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refusal(new Dictionary<string, object> { ["e"] = Endless() }).Should().Contain("'root/e/").And.Contain("more than 64 MiB").And.Contain("an endless sequence?");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1L << 30);

        static IEnumerable<string> Endless()
        {
            string text = new('x', 10_000);
            while (true)
            {
                yield return text;
            }
        }
    }

    [Fact]
    public void A_contract_says_what_is_in_an_object_without_reflection()
    {
        Settings settings = new(0.5, Colour.Red, new Optimizer { Name = "adam" });

        Read(settings, AttributeContracts.Default.Options).Should().Be("{Rate:f0.5 Colour:'Red' opt:{Name:'adam'}}");
        foreach (JsonSerializerOptions? contracts in (JsonSerializerOptions?[])[null, AttributeContracts.Default.Options])
        {
            Read(settings with { Seed = 7, Rank = 1 }, contracts).Should().EndWith(" Seed:7 Rank:1}");
        }

        FluentActions.Invoking(() => AttributeTree.Of("root", new { x = 1 }, AttributeContracts.Default.Options))
            .Should().ThrowExactly<ArgumentException>().WithMessage("invalid attribute 'root': there is no JsonTypeInfo for an anonymous object*");
    }

    [Fact]
    public void A_large_value_grows_the_buffer_and_the_next_one_is_whole()
    {
        string text = new('ß', 100_000);

        Read(new[] { text, text }).Should().Be($"['{text}' '{text}']");
        Read(1).Should().Be("1");
    }

    [Fact]
    public void A_collection_that_logs_while_it_is_gone_through_disturbs_nothing()
    {
        IEnumerable<object> Reentrant()
        {
            yield return 1;
            yield return Read(new[] { 7, 8 });
            yield return 2;
        }

        Read(Reentrant()).Should().Be("[1 '[7 8]' 2]");
    }

    /// <summary>Pairs as only a sequence: no dictionary, no list.</summary>
    private static IEnumerable<KeyValuePair<string, T>> Pairs<T>(T value)
    {
        yield return KeyValuePair.Create("k", value);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static string Refusal(object? value) =>
        FluentActions.Invoking(() => AttributeTree.Of("root", value)).Should().ThrowExactly<ArgumentException>().Which.Message;

    private static string Read(object? value, JsonSerializerOptions? contracts = null)
    {
        AttributeTree tree = AttributeTree.Of("root", value, contracts);
        ReadOnlySpan<byte> rest = tree.Bytes;
        string text = Node(ref rest);
        rest.IsEmpty.Should().BeTrue("nothing stands behind the tree");
        tree.Return();
        return text;
    }

    private static string Node(ref ReadOnlySpan<byte> bytes)
    {
        byte kind = Take(ref bytes, 1)[0];
        switch (kind)
        {
            case 0:
                return "null";
            case 1:
                return "false";
            case 2:
                return "true";
            case 3:
                return $"{BinaryPrimitives.ReadInt64LittleEndian(Take(ref bytes, 8))}";
            case 4:
                return $"f{BinaryPrimitives.ReadDoubleLittleEndian(Take(ref bytes, 8))}";
            case 5:
                return $"'{Text(ref bytes)}'";
            case 6:
                return $"t{BinaryPrimitives.ReadInt64LittleEndian(Take(ref bytes, 8))}";
            case 7:
            case 8:
                uint count = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4));
                List<string> entries = [];
                for (uint i = 0; i < count; i++)
                {
                    string key = kind == 7 ? $"{Text(ref bytes)}:" : "";
                    entries.Add(key + Node(ref bytes));
                }

                string inside = string.Join(' ', entries);
                return kind == 7 ? $"{{{inside}}}" : $"[{inside}]";
            default:
                throw new InvalidOperationException($"There is no node {kind}.");
        }
    }

    private static string Text(ref ReadOnlySpan<byte> bytes) =>
        Encoding.UTF8.GetString(Take(ref bytes, (int)BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4))));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int length)
    {
        ReadOnlySpan<byte> taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }
}

[JsonSerializable(typeof(AttributeTreeTests.Settings))]
[JsonSerializable(typeof(AttributeTreeTests.Broken))]
internal sealed partial class AttributeContracts : JsonSerializerContext;
