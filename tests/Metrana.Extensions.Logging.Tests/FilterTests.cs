using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>Which events pass at all.</summary>
public sealed class FilterTests : IDisposable
{
    private const string Variable = "RUST_LOG";

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, null);

    [Theory]
    [InlineData("info,walker::ppo=debug,backend=off", "other", LogLevel.Information)]
    [InlineData("info,walker::ppo=debug,backend=off", "walker.ppo.Trainer", LogLevel.Debug)]
    [InlineData("info,walker::ppo=debug,backend=off", "backend.Kernel", LogLevel.None)]
    [InlineData("WARN", "walker", LogLevel.Warning)]
    [InlineData("walker", "walker", LogLevel.Trace)]
    [InlineData("walker", "other", LogLevel.Error)]
    [InlineData("walker=trace,nonsense=loud,[span]=debug,=info,,", "walker", LogLevel.Trace)]
    [InlineData("walker=trace,nonsense=loud,[span]=debug,=info,,", "nonsense", LogLevel.Error)]
    [InlineData("off", "walker", LogLevel.None)]
    [ParityRow("telemetry/rust-log", "RUST_LOG", "replaces")]
    public void The_variable_replaces_all_filters(string directives, string category, LogLevel least)
    {
        Environment.SetEnvironmentVariable(Variable, directives);

        Least(category, ("Logging:LogLevel:Default", "Critical"), ("Logging:LogLevel:walker", "Critical")).Should().Be(least);
    }

    [Fact]
    [ParityRow("telemetry/filters", "backend")]
    public void Without_it_the_configuration_holds_and_the_compute_backend_is_hidden()
    {
        Least("walker").Should().Be(LogLevel.Information);
        Least("walker", ("Logging:LogLevel:walker", "Debug")).Should().Be(LogLevel.Debug);
        Least("TorchSharp.Cuda").Should().Be(LogLevel.None);
        Least("CubeCL.Cuda").Should().Be(LogLevel.None);
        Least("TorchSharp.Cuda", ("Logging:LogLevel:TorchSharp", "Warning")).Should().Be(LogLevel.Warning);
        Least("TorchSharp.Cuda", ("Logging:BackendLogsVisible", "true")).Should().Be(LogLevel.Information);
    }

    private static LogLevel Least(string category, params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value))).Build();
        using ServiceProvider services = new ServiceCollection().AddSingleton(configuration).AddLogging(builder =>
        {
            builder.AddConfiguration(configuration.GetSection("Logging"));
            builder.AddMetranaFilters();
            builder.AddProvider(new Testing.TelemetryRecorder());
        }).BuildServiceProvider();
        ILogger log = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        return Enum.GetValues<LogLevel>().First(level => level == LogLevel.None || log.IsEnabled(level));
    }
}
