using Metrana.Native;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>What is written beside the points, and under which names, against the local server.</summary>
public class AttributeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("client/empty-tag", "an empty tag is refused")]
    [ParityRow("client/description", "SetDescription", "empty")]
    public async Task An_empty_tag_is_refused_and_an_empty_description_is_written()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.Tags.Set("a");
        run.Invoking(r => r.Tags.Set("b", "")).Should().Throw<ArgumentException>();
        run.Invoking(r => r.Tags.Add("")).Should().Throw<ArgumentException>();
        run.Invoking(r => r.Tags.Remove("a", "")).Should().Throw<ArgumentException>();
        run.SetDescription("first");
        run.SetDescription("");
        await run.CloseAsync();

        IReadOnlyDictionary<string, StoredValue> attributes = await shared.AttributesAsync(run);
        attributes["sys/tags"].Should().Be(new StoredValue.TextSet(["a"]));
        attributes["sys/description"].Should().Be(new StoredValue.Text(""));
    }

    [Fact]
    [ParityRow("client/config-none", "NaN and the infinities", "are paths without a value")]
    public async Task Null_and_in_a_configuration_NaN_and_the_infinities_are_paths_without_a_value()
    {
        RunOptions options = shared.Options();
        options.Config = new Dictionary<string, object?> { ["start"] = double.NaN };
        Run run = await Run.StartAsync(options);
        run.LogConfig(new { seed = (int?)null, lr = 0.1, clip = double.PositiveInfinity });
        run.LogAttributes("data", new { rows = (long?)null });
        run.Invoking(r => r.LogAttributes("data", new { mean = double.NaN })).Should().Throw<ArgumentException>();
        await run.CloseAsync();

        IReadOnlyDictionary<string, StoredValue> attributes = await shared.AttributesAsync(run);
        foreach (string path in (string[])["config/start", "config/seed", "config/clip", "data/rows"])
        {
            attributes[path].Should().Be(new StoredValue.Null(), path);
        }

        attributes["config/lr"].Should().Be(new StoredValue.Number(0.1));
        attributes.Should().NotContainKey("data/mean");
    }

    [Fact]
    public void Settings_without_names_are_refused_and_nothing_is_written()
    {
        using Run run = Run.InMemory();

        foreach (object single in (object[])[3, "text", true, ("lr", 3e-4), Guid.Empty])
        {
            run.Invoking(r => r.LogConfig(single)).Should().Throw<ArgumentException>($"{single} has no names");
        }

        run.Invoking(r => r.LogConfig((object)null!)).Should().Throw<ArgumentNullException>();
        run.Recording.Attributes.Should().BeEmpty();
    }

    [Fact]
    [ParityRow("client/environment-attributes", "one of its episodes")]
    public async Task An_environment_has_attributes_and_so_has_one_of_its_episodes()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.LogEnvironmentAttributes("env-0", new { seed = 3 });
        run.LogEnvironmentAttributes("env-0", new { map = "small" }, episode: 7);
        await run.CloseAsync();

        StoredRun stored = await shared.FindAsync(run);
        StoredEnvironment environment = (await shared.Server.GetEnvironmentsAsync(stored.RunId)).Single();
        environment.Attributes.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create<string, StoredValue>("seed", new StoredValue.WholeNumber(3)));
        StoredEpisode episode = environment.Episodes.Single();
        episode.Episode.Should().Be(7);
        episode.Attributes["map"].Should().Be(new StoredValue.Text("small"));
    }

    [Fact]
    [ParityRow("client/step-of-a-refused-call", "refused", "added")]
    [ParityRow("client/names", "a name that breaks a rule is refused", "train/loss", "eval/loss", "MetricValidationException")]
    public async Task A_name_that_breaks_a_rule_is_refused_wherever_it_stands()
    {
        await using Run run = await Run.StartAsync(shared.Options());
        Dictionary<string, Action> calls = new()
        {
            ["a metric"] = () => run.Log("train loss", 1.0),
            ["a scale"] = () => run.Log("a", 1.0, scale: "ML STEP"),
            ["the key of a label"] = () => run.Log("a", 1.0, labels: ("gpu&", "0")),
            ["the value of a label"] = () => run.Log("a", 1.0, labels: ("gpu", "a=b")),
            ["an environment"] = () => run.LogEnvironmentStep("r", 1.0, rlStep: 0, environment: "env/0"),
            ["an environment of an episode"] = () => run.LogEpisode("r", 1.0, rlStep: 0, environment: "env?0"),
            ["an environment of attributes"] = () => run.LogEnvironmentAttributes("env#0", new { seed = 1 }),
            ["the path of an attribute"] = () => run.LogAttributes("my data", new { rows = 1 }),
            ["a setting"] = () => run.LogConfig(new Dictionary<string, object?> { ["learning rate"] = 0.1 }),
            ["a path of the service"] = () => run.LogAttributes("sys", new { owner = "me" }),
        };
        foreach ((string what, Action call) in calls)
        {
            call.Should().ThrowExactly<MetricValidationException>(what);
        }

        run.Metrics.Total().Added.Should().Be(0);
        run.Log("train/loss", 1.0);
        run.Log("eval/loss", 2.0);
        await run.FlushAsync();
        (await shared.PointsAsync(run, "eval/loss")).Values.Should().Equal(2);
    }
}
