using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Metrana.Attributes;

namespace Metrana.Tests;

/// <summary>What an object, a record or a dictionary becomes as a configuration.</summary>
public class AttributeLeavesTests
{
    internal enum Optimizer
    {
        Sgd,
        Adam,
    }

    private sealed record Hyper(double LearningRate, int Batch, Optimizer Optimizer, TimeSpan Timeout, Guid Id, Nested Inner, int[] Layers);

    private sealed record Nested(string Name, bool Flag, Uri Where, Version Version, char Sign);

    internal sealed record Settings(double Rate, Optimizer Optimizer, double Floor, [property: JsonPropertyName("opt")] Inner Opt)
    {
        [JsonIgnore]
        public string Secret { get; init; } = "";

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Seed { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public int Rank { get; init; }
    }

    internal sealed class Inner
    {
        private readonly string _name = "";

        public required string Name
        {
            get => _name == "throw" ? throw new InvalidOperationException("diverged") : _name;
            init => _name = value;
        }
    }

    private sealed class Circle
    {
        public Circle Self => this;
    }

    [Fact]
    [ParityRow("client/config-objects", "record", "TimeSpan", "Guid")]
    public void A_record_becomes_paths_and_plain_values()
    {
        Guid id = Guid.NewGuid();
        Hyper hyper = new(
            3e-4, 64, Optimizer.Adam, TimeSpan.FromMinutes(1.5), id, new Nested("n", true, new Uri("http://h/p"), new Version(1, 2), 'c'), [128, 64]);

        AttributeLeaves.Of("config", hyper).Should().BeEquivalentTo(new Dictionary<string, object?>
        {
            ["LearningRate"] = 3e-4,
            ["Batch"] = 64,
            ["Optimizer"] = "Adam",
            ["Timeout"] = "00:01:30",
            ["Id"] = id.ToString(),
            ["Inner/Name"] = "n",
            ["Inner/Flag"] = true,
            ["Inner/Where"] = "http://h/p",
            ["Inner/Version"] = "1.2",
            ["Inner/Sign"] = "c",
            ["Layers/0"] = 128,
            ["Layers/1"] = 64,
        });
    }

    [Fact]
    [ParityRow("client/config", "lists", "config")]
    public void Dictionaries_lists_tuples_and_json_nest()
    {
        Dictionary<string, object?> config = new()
        {
            ["optimizer"] = new Dictionary<string, object?> { ["name"] = "adam", ["betas"] = (0.9, 0.999) },
            ["by_number"] = new Dictionary<int, string> { [3] = "three" },
            ["json"] = JsonDocument.Parse("""{"a":[1,2.5,"x",null,true]}""").RootElement,
            ["node"] = new JsonObject { ["b"] = 1 },
            ["half"] = (Half)0.5,
            ["none"] = null,
            ["empty"] = Array.Empty<int>(),
        };

        AttributeLeaves.Of("config", config).Should().BeEquivalentTo(new Dictionary<string, object?>
        {
            ["optimizer/name"] = "adam",
            ["optimizer/betas/0"] = 0.9,
            ["optimizer/betas/1"] = 0.999,
            ["by_number/3"] = "three",
            ["json/a/0"] = 1L,
            ["json/a/1"] = 2.5,
            ["json/a/2"] = "x",
            ["json/a/3"] = null,
            ["json/a/4"] = true,
            ["node/b"] = 1L,
            ["half"] = 0.5,
            ["none"] = null,
        });
    }

    [Fact]
    [ParityRow("client/config-refused", "what cannot be written", "refused with its path")]
    public void What_cannot_be_written_is_refused_with_its_path()
    {
        using Run run = Run.InMemory();
        Action[] calls =
        [
            () => run.LogConfig(new { ok = 1, inner = new { bad = new Action(() => { }) } }),
            () => run.LogConfig(new Circle()),
            () => run.LogConfig(new { grid = new double[2, 2] }),
            () => run.LogConfig(new Dictionary<string, object?> { ["model"] = new Circle() }),
        ];
        string[] messages = ["*'config/inner/bad'*Action*", "*contain itself*", "*'config/grid'*several dimensions*", "*'config/model/Self/*contain itself*"];
        foreach ((Action call, string message) in calls.Zip(messages))
        {
            call.Should().Throw<ArgumentException>().WithMessage(message);
        }

        run.Recording.Attributes.Should().BeEmpty();
    }

    [Fact]
    public void What_is_in_an_object_is_the_same_for_a_run_and_a_logger_by_reflection_and_by_contract()
    {
        Settings settings = new(0.5, Optimizer.Adam, double.NaN, new Inner { Name = "adam" }) { Secret = "hunter2", Seed = 7 };
        Dictionary<string, object?> expected = new()
        {
            ["config/Rate"] = 0.5,
            ["config/Optimizer"] = "Adam",
            ["config/Floor"] = null,
            ["config/opt/Name"] = "adam",
            ["config/Seed"] = 7,
        };
        using Run reflected = Run.InMemory();
        reflected.LogConfig(settings);
        reflected.Recording.Attributes.Should().BeEquivalentTo(expected);

        using Run contracted = Run.InMemory();
        contracted.LogConfig(settings, LeafContracts.Default.Settings);
        contracted.Recording.Attributes.Should().BeEquivalentTo(expected);

        using Run listed = Run.InMemory();
        listed.LogConfig(new Dictionary<string, object?> { ["all"] = new[] { settings } });
        listed.Recording.Attributes.Should().HaveCount(5).And.Contain("config/all/0/Optimizer", "Adam");
    }

    [Fact]
    public void An_object_is_refused_with_the_path_of_what_is_wrong_in_it()
    {
        using Run run = Run.InMemory();
        Settings settings = new(double.PositiveInfinity, Optimizer.Sgd, 1, new Inner { Name = "n" });
        Settings broken = settings with { Rate = 1, Opt = new Inner { Name = "throw" } };
        (Action Call, string Message)[] calls =
        [
            (() => run.LogAttributes("data", settings), "invalid attribute 'data/Rate': Infinity *must be finite*"),
            (() => run.LogAttributes("data", settings, LeafContracts.Default.Settings), "invalid attribute 'data/Rate': Infinity *must be finite*"),
            (() => run.LogEnvironmentAttributes("env-0", settings), "invalid attribute 'Rate': *must be finite*"),
            (() => run.Annotate("mark", settings), "invalid attribute 'metadata/Rate': *must be finite*"),
            (() => run.LogConfig(broken), "invalid attribute 'config/opt/Name': the property threw InvalidOperationException: diverged"),
            (() => run.LogConfig(broken, LeafContracts.Default.Settings), "invalid attribute 'config/opt/Name': the property threw InvalidOperationException: diverged"),
            (() => run.LogConfig(new { x = new object() }), "invalid attribute 'config/x': a value of type System.Object cannot be *"),
            (() => run.LogConfig(new[] { KeyValuePair.Create(1, 2) }), "invalid attribute 'config': *into a dictionary*"),
            (() => run.LogConfig(0.5), "Settings need names: *"),
        ];
        foreach ((Action call, string message) in calls)
        {
            call.Should().Throw<ArgumentException>().WithMessage(message);
        }

        run.Recording.Attributes.Should().BeEmpty();
    }

    [Fact]
    public void An_annotation_is_an_attribute_with_its_time_and_number_in_the_path()
    {
        using Run run = Run.InMemory();
        run.Annotate("checkpoint 3", new Dictionary<string, object?> { ["file"] = "a.pt" }, step: 30);
        run.Annotate("checkpoint 4");

        IReadOnlyDictionary<string, object?> all = run.Recording.Attributes;
        all.Keys.Should().OnlyContain(path => path.StartsWith("annotation/", StringComparison.Ordinal));
        KeyValuePair<string, object?> text = all.Single(one => Equals(one.Value, "checkpoint 3"));
        text.Key.Should().MatchRegex("^annotation/[0-9]{13}-[0-9]+-1/text$");
        string path = text.Key[..^"/text".Length];
        all[$"{path}/step"].Should().Be(30L);
        all[$"{path}/metadata/file"].Should().Be("a.pt");
        all.Values.Should().Contain("checkpoint 4");
    }
}

[JsonSerializable(typeof(AttributeLeavesTests.Settings))]
internal sealed partial class LeafContracts : JsonSerializerContext;
