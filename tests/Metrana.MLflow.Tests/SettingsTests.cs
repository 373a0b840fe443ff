using System.Text;

namespace Metrana.MLflow.Tests;

/// <summary>Where MLflow is, by options, variables and defaults.</summary>
public class SettingsTests
{
    [Theory]
    [InlineData(null, null, null, "http://localhost:5000/")]
    [InlineData("http://a:1", "http://b:2", "http://c:3/v1/traces", "http://a:1/")]
    [InlineData(null, "http://b:2/sub/", "http://c:3/v1/traces", "http://b:2/sub/")]
    [InlineData(null, null, "http://localhost:5001/v1/traces", "http://localhost:5001/")]
    [InlineData(null, null, "http://localhost:4318/other", "http://localhost:5000/")]
    [InlineData("https://host/mlflow/v1/traces", null, null, "https://host/mlflow/")]
    [InlineData(null, " ", "", "http://localhost:5000/")]
    [ParityRow("mlflow/address", "MLFLOW_TRACKING_URI", "/v1/traces", "derived")]
    public void The_address_is_given_or_derived_from_that_of_the_traces(string? option, string? variable, string? traces, string address) =>
        Resolve(new MlflowOptions { TrackingUri = option }, ("MLFLOW_TRACKING_URI", variable), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", traces))
            .Address.ToString().Should().Be(address);

    [Fact]
    [ParityRow("mlflow/default-address", "http://localhost:5000")]
    public void Without_any_setting_the_server_is_the_local_one() =>
        Resolve(new MlflowOptions()).Address.Should().Be(new Uri("http://localhost:5000"));

    [Fact]
    public void What_the_program_says_goes_before_what_the_variables_say()
    {
        (string, string?)[] variables =
            [("MLFLOW_EXPERIMENT_ID", "3"), ("MLFLOW_EXPERIMENT_NAME", "named"), ("MLFLOW_RUN_ID", "r"), ("MLFLOW_RUN_NAME", "n")];

        Resolve(new MlflowOptions(), variables).Should().BeEquivalentTo(
            new { ExperimentId = "3", ExperimentName = (string?)null, RunId = "r", RunName = "n" });
        Resolve(new MlflowOptions { ExperimentName = "mine", RunId = "x" }, variables).Should().BeEquivalentTo(new { ExperimentName = "mine", RunId = "x" });
        Resolve(new MlflowOptions(), variables[1..]).ExperimentName.Should().Be("named");
        Resolve(new MlflowOptions { ExperimentId = "4" }, variables).Should().BeEquivalentTo(new { ExperimentId = "4", ExperimentName = (string?)null });
    }

    [Fact]
    public void A_secret_is_sent_and_never_shown()
    {
        (string, string?)[] user = [("MLFLOW_TRACKING_USERNAME", "me"), ("MLFLOW_TRACKING_PASSWORD", "pass:word")];
        Encoding.UTF8.GetString(Convert.FromBase64String(Resolve(new MlflowOptions(), user).Authorization!.Parameter!)).Should().Be("me:pass:word");
        Resolve(new MlflowOptions(), ("MLFLOW_TRACKING_TOKEN", "secret")).Authorization!.ToString().Should().Be("Bearer secret");

        MlflowOptions options = new() { TrackingUri = "http://me:hid%40den@localhost:1/", Token = "hid@den" };
        MlflowSettings settings = Resolve(options);
        Encoding.UTF8.GetString(Convert.FromBase64String(settings.Authorization!.Parameter!)).Should().Be("me:hid@den");
        $"{settings.Address} {options}".Should().NotContain("hid").And.Contain("http://localhost:1/");
        Action wrong = () => Resolve(new MlflowOptions { TrackingUri = "ftp://me:hidden@host" });
        wrong.Should().Throw<ArgumentException>().Which.Message.Should().NotContain("hidden").And.Contain("no http or https address");
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        Action resolve = () => Resolve(new MlflowOptions
        {
            TrackingUri = "databricks",
            Attempts = 0,
            FlushMetrics = 0,
            RequestTimeout = TimeSpan.Zero,
            FlushInterval = TimeSpan.FromSeconds(-1),
            ExperimentId = "1",
            ExperimentName = "a",
        });

        resolve.Should().Throw<ArgumentException>().WithMessage(
            "*no http or https address*Attempts is 0*FlushMetrics is 0*RequestTimeout is 00:00:00*FlushInterval is -00:00:01*both ExperimentId and ExperimentName*");
    }

    [Theory]
    [InlineData("--mlflow-run-id", "abc")]
    [InlineData("--mlflow-run-id=abc")]
    public void An_argument_names_the_run(params string[] arguments) =>
        new MlflowOptions { RunId = "before" }.ReadArguments(["--seed", "1", .. arguments, "--fast"]).RunId.Should().Be("abc");

    [Theory]
    [InlineData("--mlflow-run-id")]
    [InlineData("--mlflow-run-id", "--seed")]
    [InlineData("--mlflow-run-id=")]
    public void An_argument_without_a_run_is_a_mistake(params string[] arguments)
    {
        Action read = () => new MlflowOptions().ReadArguments(arguments);
        read.Should().Throw<ArgumentException>().WithMessage("*--mlflow-run-id has no id*");
    }

    private static MlflowSettings Resolve(MlflowOptions options, params (string Name, string? Value)[] variables) =>
        MlflowSettings.Resolve(options, name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
