using Metrana;
using Metrana.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a run to a host.</summary>
public static class MetranaServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="Run"/> that is configured by a section: <c>services.AddMetranaRun(configuration.GetSection("Metrana"))</c>.
    /// It starts with the host, or earlier if something resolves it, and is closed after all other services have stopped,
    /// within the host's stop timeout.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="section">
    /// The keys are the names of the properties of <see cref="RunOptions"/>. Durations are seconds or <c>hh:mm:ss</c>;
    /// <c>Tags</c> is a list, or text separated by commas; what is under <c>Config</c> becomes the configuration of the run.
    /// </param>
    /// <param name="configure">Sets what a configuration cannot express, such as <see cref="RunOptions.Mirrors"/>. It overrides the configuration.</param>
    public static IServiceCollection AddMetranaRun(
        this IServiceCollection services, IConfiguration section, Action<RunOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton<IConfigureOptions<RunOptions>>(new ConfigureRunOptions(section));
        return services.AddMetranaRun(configure ?? (static _ => { }));
    }

    /// <summary>Adds a <see cref="Run"/> that is configured in code.</summary>
    /// <inheritdoc cref="AddMetranaRun(IServiceCollection, IConfiguration, Action{RunOptions})"/>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options. What it leaves out comes from the METRANA_* variables.</param>
    public static IServiceCollection AddMetranaRun(this IServiceCollection services, Action<RunOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<RunOptions>()
            .Configure(configure)
            .PostConfigure<IServiceProvider>(
                static (options, provider) => options.LoggerFactory ??= provider.GetService<ILoggerFactory>())
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RunOptions>, ValidateRunOptions>());
        services.TryAddSingleton(static provider => Run.Start(provider.GetRequiredService<IOptions<RunOptions>>().Value));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RunService>());
        return services;
    }
}
