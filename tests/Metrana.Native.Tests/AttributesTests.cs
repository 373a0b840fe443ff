using System.Text.Json;
using System.Text.Json.Nodes;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Attributes of the run and of environments, tags and description, as the server has them.</summary>
public sealed class AttributesTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Values_arrive_at_their_paths_with_their_types()
    {
        using Logger logger = new(Runs.Config(_server));
        DateTimeOffset moment = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

        logger.LogConfig(new Dictionary<string, object?>
        {
            ["lr"] = 0.1,
            ["layers"] = new[] { 64, 32 },
            ["name"] = "größe",
            ["bad"] = double.NaN,
            ["deep"] = new Dictionary<string, object?> { ["flag"] = true, ["none"] = null },
        });
        logger.LogAttributes("data/when", moment);
        logger.LogAttributes("", new Dictionary<string, object> { ["root"] = JsonDocument.Parse("""{"a": [1, 2.5]}""").RootElement });
        logger.LogAttributes("node", new JsonObject { ["b"] = new JsonArray(1, 2.0) });
        logger.LogAttributes("empty", new Dictionary<string, int>());

        logger.Flush();
        (await _server.GetAttributesAsync(logger.RunIdHex)).Should().Equal(new Dictionary<string, StoredValue>
        {
            ["config/lr"] = new StoredValue.Number(0.1),
            ["config/layers/0"] = new StoredValue.WholeNumber(64),
            ["config/layers/1"] = new StoredValue.WholeNumber(32),
            ["config/name"] = new StoredValue.Text("größe"),
            ["config/bad"] = new StoredValue.Null(),
            ["config/deep/flag"] = new StoredValue.Flag(true),
            ["config/deep/none"] = new StoredValue.Null(),
            ["data/when"] = new StoredValue.Timestamp(moment.ToUnixTimeMilliseconds()),
            ["root/a/0"] = new StoredValue.WholeNumber(1),
            ["root/a/1"] = new StoredValue.Number(2.5),
            ["node/b/0"] = new StoredValue.WholeNumber(1),
            ["node/b/1"] = new StoredValue.Number(2),
        });
        logger.GetMetrics().AttributeUpdates.Sent.Should().Be(12, "leaves are counted");
    }

    [Fact]
    public async Task Tags_and_description_change_the_run()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.SetTags(["old"]);
        logger.SetTags(["b", "a", "größe"]);
        logger.UpdateTags(added: ["new"], removed: ["a"]);
        logger.UpdateTags();
        logger.SetDescription("first");
        logger.SetDescription("");

        logger.Flush();
        IReadOnlyDictionary<string, StoredValue> attributes = await _server.GetAttributesAsync(logger.RunIdHex);
        attributes["sys/tags"].Should().BeOfType<StoredValue.TextSet>().Which.Value.Should().BeEquivalentTo("b", "größe", "new");
        attributes["sys/description"].Should().Be(new StoredValue.Text(""));
        logger.GetMetrics().AttributeUpdates.Sent.Should().Be(6);
    }

    [Fact]
    public async Task Records_and_anonymous_objects_are_read_with_all_that_is_in_them()
    {
        using Logger logger = new(Runs.Config(_server));
        AttributeTreeTests.Settings settings = new(0.5, default, new AttributeTreeTests.Optimizer { Name = "adam" });

        logger.LogConfig(settings);
        logger.LogAttributes("typed", settings, AttributeContracts.Default.Settings);
        logger.LogAttributes("loose", new { lr = 3e-4, budget = TimeSpan.FromMinutes(1) });

        logger.Flush();
        IReadOnlyDictionary<string, StoredValue> attributes = await _server.GetAttributesAsync(logger.RunIdHex);
        foreach (string prefix in new[] { "config", "typed" })
        {
            attributes[$"{prefix}/Rate"].Should().Be(new StoredValue.Number(0.5));
            attributes[$"{prefix}/Colour"].Should().Be(new StoredValue.Text("Red"));
            attributes[$"{prefix}/opt/Name"].Should().Be(new StoredValue.Text("adam"));
        }

        attributes["loose/lr"].Should().Be(new StoredValue.Number(3e-4));
        attributes["loose/budget"].Should().Be(new StoredValue.Text("00:01:00"));
        attributes.Should().HaveCount(8);
    }

    [Fact]
    public async Task Environments_have_attributes_and_their_episodes_have_some_too()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.LogEnvironmentAttributes("e0", new Dictionary<string, object> { ["mass"] = 1.5, ["seed"] = 7 });
        logger.LogEnvironmentAttributes("e0", new Dictionary<string, object> { ["level"] = "hard" }, 4);
        logger.LogEnvironmentAttributes("e1", new[] { true });

        logger.Flush();
        IReadOnlyList<StoredEnvironment> environments = await _server.GetEnvironmentsAsync(logger.RunIdHex);
        StoredEnvironment first = environments.Single(environment => environment.Name == "e0");
        first.Attributes.Should().Equal(
            new Dictionary<string, StoredValue> { ["mass"] = new StoredValue.Number(1.5), ["seed"] = new StoredValue.WholeNumber(7) });
        StoredEpisode episode = first.Episodes[0];
        episode.Episode.Should().Be(4);
        episode.Attributes["level"].Should().Be(new StoredValue.Text("hard"));
        environments.Single(environment => environment.Name == "e1").Attributes["0"].Should().Be(new StoredValue.Flag(true));
        logger.GetMetrics().EnvironmentAttributeUpdates.Sent.Should().Be(4);
        logger.GetEnvironmentLastRlStepAndEpisode("e0").Should().Be((null, null));
    }

    [Fact]
    public void A_refused_call_writes_nothing()
    {
        using Logger logger = new(Runs.Config(_server));
        Dictionary<string, object?> halfGood = new() { ["good"] = 1, ["two words"] = 2 };

        logger.Invoking(l => l.LogConfig(halfGood)).Should().Throw<MetricValidationException>().WithMessage("invalid attribute: attribute path contains whitespace*");
        logger.Invoking(l => l.LogAttributes("p", double.NaN)).Should().Throw<MetricValidationException>().WithMessage("*must be finite*");
        logger.Invoking(l => l.LogAttributes("", 1)).Should().Throw<MetricValidationException>().WithMessage("*must not be empty*");
        logger.Invoking(l => l.LogAttributes("sys/tags", "x")).Should().Throw<MetricValidationException>().WithMessage("*reserved for the system namespace*");
        logger.Invoking(l => l.LogAttributes("p", new string('x', 16_385))).Should().Throw<MetricValidationException>().WithMessage("*16385 bytes, exceeding the maximum length of 16384");
        logger.Invoking(l => l.LogAttributes("p", new object())).Should().Throw<ArgumentException>().WithMessage("invalid attribute 'p': *System.Object*");
        logger.Invoking(l => l.LogConfig(new Dictionary<string, object> { ["good"] = 1, ["opt"] = new object() })).Should().Throw<ArgumentException>().WithMessage("*'config/opt'*");
        foreach (object single in new object[] { 3, "text", true, ("lr", 3e-4), DateTime.UnixEpoch, Guid.Empty })
        {
            logger.Invoking(l => l.LogConfig(single)).Should().Throw<ArgumentException>().WithMessage("Settings need names: *");
        }

        logger.Invoking(l => l.LogConfig(null!)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.LogEnvironmentAttributes("e0", new Dictionary<string, object> { ["x"] = new object() })).Should().Throw<ArgumentException>().WithMessage("*'x'*");
        logger.Invoking(l => l.LogEnvironmentAttributes("e0", 1)).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogEnvironmentAttributes("a/b", new[] { 1 })).Should().Throw<MetricValidationException>().WithMessage("invalid environment*");
        logger.Invoking(l => l.LogEnvironmentAttributes("e0", new[] { 1 }, -1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("episode");
        logger.Invoking(l => l.LogEnvironmentAttributes("e0", new Dictionary<string, int> { ["latest_episode"] = 1 })).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogAttributes(null!, 1)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.LogEnvironmentAttributes(null!, 1)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.SetTags(null!)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.SetTags(["a", null!])).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.SetTags([new string('x', 32_769)])).Should().Throw<MetricValidationException>().WithMessage("*32769 bytes, exceeding the maximum of 32768");
        logger.Invoking(l => l.UpdateTags(removed: ["\ud800"])).Should().Throw<ArgumentException>();
        logger.Invoking(l => l.SetDescription(null!)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.SetDescription(new string('x', 16_385))).Should().Throw<MetricValidationException>();

        logger.GetMetrics().AttributeUpdates.Should().Be(default(KindMetrics));
        logger.GetMetrics().EnvironmentAttributeUpdates.Should().Be(default(KindMetrics));
    }
}
