using FluentAssertions;
using Metrana.Protobuf.Ingestion.V1.Types;
using Metrana.WireCapture.Decode;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>What becomes of attribute values, each at its boundary, as the published engine answers.</summary>
public sealed class AttributeRulesTests(RulePeer peer) : IClassFixture<RulePeer>
{
    [Theory]
    [InlineData("true", "bool true")]
    [InlineData("1", "int 1")]
    [InlineData("1.0", "float 1")]
    [InlineData("-0.0", "float -0")]
    [InlineData("\"\"", "string ''")]
    [InlineData("null", "nothing")]
    [InlineData("9223372036854775807", "int 9223372036854775807")]
    [InlineData("-9223372036854775808", "int -9223372036854775808")]
    [InlineData("9223372036854775808", "float 9.223372036854776E+18")]
    [InlineData("18446744073709551615", "float 1.8446744073709552E+19")]
    [ParityRow("attribute/kinds", "bool", "float")]
    [ParityRow("attribute/large-integers", "9223372036854775808", "float")]
    public void Each_kind_of_value(string value, string expected)
    {
        Spelled($$"""["log_attributes",["p",{{value}}]]""").Should().Equal($"p: {expected}");
        Spelled($$"""["log_attributes",["p",{"k":{{value}}}]]""").Should().Equal($"p/k: {expected}");
        Spelled($$"""["log_config",[{{value}}]]""").Should().Equal($"config: {expected}");
    }

    [Theory]
    [InlineData("18446744073709551616", "Exception: JSON number out of range")]
    [InlineData("-9223372036854775809", "Exception: JSON number out of range")]
    [InlineData("{\"ndarray\":\"float64\",\"shape\":[1],\"data\":[1]}", "TypeError: unsupported type ndarray")]
    [InlineData("{\"ndarray\":\"int64\",\"shape\":[],\"data\":1}", "TypeError: unsupported type ndarray")]
    [InlineData("{\"float\":\"nan\"}", "ValidationError: attribute values must be finite: NaN/inf have no JSON representation")]
    [InlineData("{\"float\":\"-inf\"}", "ValidationError: attribute values must be finite: NaN/inf have no JSON representation")]
    [ParityRow("attribute/refused-types", "18446744073709551616", "ndarray")]
    [ParityRow("attribute/not-finite", "must be finite", "NaN")]
    [ParityRow("attribute/bad-value", "one bad value refuses the whole call")]
    public void One_bad_value_refuses_the_whole_call(string value, string answer)
    {
        var (results, script, run) = peer.Play(new[]
        {
            $$"""["log_attributes",["p",{{value}}]]""",
            $$"""["log_attributes",["p",{"a":1,"b":{{value}}}]]""",
            $$"""["log_env_attributes",["e",{"a":1,"b":[{{value}}]}]]""",
        }.Select(RulePeer.Call));

        results.Select(RulePeer.Text).Should().AllBe(answer);
        run.Attributes.Should().BeEmpty();
        run.EnvironmentAttributes.Should().BeEmpty();
        script.Counters["attribute_updates_added"].Should().Be(0);
        script.Counters["env_attribute_updates_added"].Should().Be(0);
    }

    [Fact]
    [ParityRow("attribute/config-not-finite", "configuration", "nothing")]
    public void The_configuration_has_NaN_and_infinities_as_nothing() =>
        Spelled("""["log_config",[{"a":{"float":"nan"},"b":{"float":"inf"},"c":{"float":"-inf"},"d":null}]]""").Should()
            .Equal("config/a: nothing", "config/b: nothing", "config/c: nothing", "config/d: nothing");

    [Theory]
    [InlineData("""["log_attributes",["p",{"a-b":2,"a":{"y":1}}]]""", "p/a/y: int 1|p/a-b: int 2")]
    [InlineData("""["log_attributes",["p",{"b":1,"B":2,"é":3,"a":4,"🚀":5,"ﬀ":6}]]""", "p/B: int 2|p/a: int 4|p/b: int 1|p/é: int 3|p/ﬀ: int 6|p/🚀: int 5")]
    [InlineData("""["log_attributes",["p",{"":1}]]""", "p/: int 1")]
    [InlineData("""["log_attributes",["",{"a/b":1}]]""", "a/b: int 1")]
    [InlineData("""["log_attributes",["p/",{"a":1}]]""", "p//a: int 1")]
    [InlineData("""["log_attributes",["p",{"":{"":1}}]]""", "p//: int 1")]
    [InlineData("""["log_attributes",["",{"":{"a":1}}]]""", "a: int 1")]
    [InlineData("""["log_attributes",["",[{"":1}]]]""", "0/: int 1")]
    [InlineData("""["log_attributes",["p",[5,"x",[true],{"k":null}]]]""", "p/0: int 5|p/1: string 'x'|p/2/0: bool true|p/3/k: nothing")]
    [InlineData("""["log_attributes",["p",{"tuple":[1,2]}]]""", "p/0: int 1|p/1: int 2")]
    [InlineData("""["log_attributes",["p",{}]]""", "")]
    [InlineData("""["log_attributes",["p",[]]]""", "")]
    [InlineData("""["log_attributes",["a b",{}]]""", "")]
    [InlineData("""["log_attributes",["p",[0,1,2,3,4,5,6,7,8,9,10]]]""",
        "p/0: int 0|p/1: int 1|p/2: int 2|p/3: int 3|p/4: int 4|p/5: int 5|p/6: int 6|p/7: int 7|p/8: int 8|p/9: int 9|p/10: int 10")]
    [InlineData("""["log_config",[[1,{"a":2}]]]""", "config/0: int 1|config/1/a: int 2")]
    [ParityRow("attribute/trees", "flattened", "sorted level by level")]
    [ParityRow("attribute/empty-keys", "p//")]
    [ParityRow("attribute/empty-prefix", "\"a b\",{}", "log_attributes")]
    public void Trees_are_flattened_and_sorted_level_by_level(string call, string expected) =>
        string.Join('|', Spelled(call)).Should().Be(expected);

    [Theory]
    [InlineData("sys", false)]
    [InlineData("sys/x", false)]
    [InlineData("sys/tags", false)]
    [InlineData("sys/", false)]
    [InlineData("sys/description", true)]
    [InlineData("/sys/x", true)]
    [InlineData("SYS/x", true)]
    [InlineData("system/x", true)]
    [InlineData("a/sys/x", true)]
    [ParityRow("attribute/sys", "sys", "reserved")]
    public void The_systems_namespace_is_reserved(string path, bool passes) =>
        peer.Answers($$"""["log_attributes",["{{path}}","text"]]""").Should().ContainSingle().Which.Should()
            .Match(passes ? "ok" : "ValidationError: *is reserved for the system namespace*");

    [Theory]
    [InlineData("""["log_attributes",["sys/description",null]]""")]
    [InlineData("""["log_attributes",["sys/description",1]]""")]
    [InlineData("""["log_attributes",["sys/tags",["a"]]]""")]
    [InlineData("""["log_attributes",["",{"sys":{"x":1}}]]""")]
    [InlineData("""["log_attributes",["sys",{"description":1}]]""")]
    [ParityRow("attribute/sys-description", "sys", "only a text as description passes")]
    public void Of_the_systems_own_only_a_text_as_description_passes(string call) =>
        peer.Answers(call).Should().ContainSingle().Which.Should().Match("ValidationError: *is reserved for the system namespace*");

    [Theory]
    [InlineData("environment_id", false)]
    [InlineData("latest_episode", false)]
    [InlineData("latest_rl_step", false)]
    [InlineData("environment_id/x", true)]
    [InlineData("x/latest_episode", true)]
    [InlineData("sys/x", true)]
    [ParityRow("attribute/environment-fields", "environment_id", "latest_episode", "latest_rl_step")]
    [ParityRow("attribute/environment-fields-whole", "environment_id/x", "sys")]
    public void An_environment_has_fields_of_its_own(string path, bool passes) =>
        peer.Answers($$$"""["log_env_attributes",["e",{"{{{path}}}":1}]]""").Should().ContainSingle().Which.Should()
            .Match(passes ? "ok" : "ValidationError: *is reserved as an RL-environment special field*");

    [Theory]
    [InlineData("""["log_attributes",["",1]]""", "ValidationError: *must not be empty")]
    [InlineData("""["log_attributes",["",{"":1}]]""", "ValidationError: *must not be empty")]
    [InlineData("""["log_attributes",["",{"":{"":[1]}}]]""", "ok")]
    [InlineData("""["log_env_attributes",["e",1]]""", "ValidationError: *must not be empty")]
    [InlineData("""["log_env_attributes",["e",null]]""", "ValidationError: *must not be empty")]
    [InlineData("""["log_env_attributes",["a b",{}]]""", "ValidationError: *whitespace*")]
    [InlineData("""["log_env_attributes",["",{}]]""", "ValidationError: *must not be empty")]
    [InlineData("""["log_env_attributes",["e",{}]]""", "ok")]
    [InlineData("""["log_env_attributes",["e",{"a":1},9223372036854775807]]""", "ok")]
    [InlineData("""["log_env_attributes",["e",{"a":1},9223372036854775808]]""", "OverflowError: *")]
    [InlineData("""["log_env_attributes",["e",{"a":1},-1]]""", "OverflowError: *")]
    [InlineData("""["log_env_attributes",["e",{"a":1},1.0]]""", "TypeError: *")]
    [ParityRow("attribute/empty-prefix", "log_env_attributes")]
    [ParityRow("attribute/scalar", "must not be empty")]
    public void Places_of_values(string call, string answer) =>
        peer.Answers(call).Should().ContainSingle().Which.Should().Match(answer);

    [Fact]
    [ParityRow("call/log_env_attributes", "log_env_attributes", "episode")]
    [ParityRow("attribute/environment-lists", "list has its numbers as paths")]
    public void An_environments_list_has_its_numbers_as_paths()
    {
        var run = Play("""["log_env_attributes",["e",[1,{"a":2}],4]]""");

        run.EnvironmentAttributes.Select(update => $"{update.Environment} {update.Episode} {Spell(update.Update)}").Should()
            .Equal("e 4 0: int 1", "e 4 1/a: int 2");
    }

    [Fact]
    [ParityRow("call/set_tags", "SetTags")]
    [ParityRow("call/update_tags", "UpdateTags")]
    [ParityRow("call/set_description", "SetDescription")]
    [ParityRow("attribute/tags", "sys/tags")]
    public void Tags_and_descriptions_are_written_as_they_are()
    {
        var run = Play(
            """["set_tags",[["b","a","b",""]]]""",
            """["set_tags",[[]]]""",
            """["update_tags",[["x","x"],["y"]]]""",
            """["update_tags",[]]""",
            """["update_tags",[null,["z"]]]""",
            """["set_description",[""]]""",
            """["log_attributes",["a",1]]""",
            """["log_attributes",["a",2]]""");

        run.Attributes.Select(Spell).Should().Equal(
            "sys/tags: set [b,a,b,]",
            "sys/tags: set []",
            "sys/tags: delta +[x,x] -[y]",
            "sys/tags: delta +[] -[]",
            "sys/tags: delta +[] -[z]",
            "sys/description: string ''",
            "a: int 1",
            "a: int 2");
    }

    [Fact]
    [ParityRow("attribute/counters", "counters count leaves")]
    public void Counters_count_leaves()
    {
        var (_, script, _) = peer.Play(new[]
        {
            """["log_config",[{"a":1,"b":[2,3]}]]""",
            """["set_tags",[["a","b"]]]""",
            """["log_env_attributes",["e",{"a":1,"b":[2,3]}]]""",
        }.Select(RulePeer.Call));

        script.Counters["attribute_updates_added"].Should().Be(4);
        script.Counters["attribute_updates_sent"].Should().Be(4);
        script.Counters["env_attribute_updates_added"].Should().Be(3);
        script.Counters["env_attribute_updates_sent"].Should().Be(3);
    }

    private static string Spell(AttributeUpdate update) => FormattableString.Invariant($"{update.Path}: {update.ValueCase switch
    {
        AttributeUpdate.ValueOneofCase.None => "nothing",
        AttributeUpdate.ValueOneofCase.BoolValue => update.BoolValue ? "bool true" : "bool false",
        AttributeUpdate.ValueOneofCase.IntValue => FormattableString.Invariant($"int {update.IntValue}"),
        AttributeUpdate.ValueOneofCase.FloatValue => FormattableString.Invariant($"float {update.FloatValue:R}"),
        AttributeUpdate.ValueOneofCase.StringValue => $"string '{update.StringValue}'",
        AttributeUpdate.ValueOneofCase.StringSetValue => $"set [{string.Join(',', update.StringSetValue.Values)}]",
        AttributeUpdate.ValueOneofCase.StringSetDeltaValue => $"delta +[{string.Join(',', update.StringSetDeltaValue.AddedValues)}] "
            + $"-[{string.Join(',', update.StringSetDeltaValue.RemovedValues)}]",
        _ => "a date",
    }}");

    private IEnumerable<string> Spelled(string call) => Play(call).Attributes.Select(Spell);

    private DecodedRun Play(params string[] calls)
    {
        var (results, _, run) = peer.Play(calls.Select(RulePeer.Call));
        results.Select(RulePeer.Text).Should().AllBe("ok");
        return run;
    }
}
