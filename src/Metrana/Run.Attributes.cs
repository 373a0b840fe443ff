using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Metrana.Attributes;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    internal const string ConfigPrefix = "config";
    private const string NeedsReflection = "The properties of the object are read by reflection. Where code is trimmed, pass a dictionary, or the JsonTypeInfo of the type.";

    private long _annotations;

    /// <summary>
    /// Writes the configuration of the run from an object, such as a record of hyperparameters or <c>new { lr = 3e-4 }</c>.
    /// Nested objects, dictionaries and lists become paths: <c>config/optimizer/lr</c>. Either everything is written or nothing is.
    /// </summary>
    /// <param name="config">
    /// The configuration. Numbers, strings, booleans, dates and null are written as they are, enums by their names, and
    /// <see cref="TimeSpan"/>, <see cref="Guid"/>, <see cref="Uri"/>, <see cref="Version"/>, <see cref="char"/> and types as text.
    /// NaN and the infinities become paths without a value here; other attributes reject them. Objects are written by their public
    /// properties; <c>[JsonIgnore]</c> and <c>[JsonPropertyName]</c> are respected.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A configuration is a single value instead of settings, or something in the value cannot be written; the message says what
    /// and where. Nothing changed.
    /// </exception>
    /// <exception cref="MetricValidationException">A path or a value breaks a rule. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    [RequiresUnreferencedCode(NeedsReflection)]
    public void LogConfig(object config) => WriteConfig(config, null);

    /// <summary>Writes the configuration of the run from a dictionary.</summary>
    /// <inheritdoc cref="LogConfig(object)"/>
    public void LogConfig(IReadOnlyDictionary<string, object?> config) => WriteConfig(config, null);

    /// <summary>Writes the configuration of the run from an object whose type has source-generated JSON metadata.</summary>
    /// <inheritdoc cref="LogConfig(object)"/>
    /// <param name="config">The configuration.</param>
    /// <param name="type">The <c>System.Text.Json</c> metadata of the type.</param>
    public void LogConfig<T>(T config, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        WriteConfig(config, type);
    }

    /// <summary>Writes attributes of the run: facts that have no step. All of them are written or none.</summary>
    /// <inheritdoc cref="LogConfig(object)"/>
    /// <param name="prefix">The path under which the attributes are written, such as <c>data</c>.</param>
    /// <param name="value">An object, a dictionary, a list, or a single value.</param>
    [RequiresUnreferencedCode(NeedsReflection)]
    public void LogAttributes(string prefix, object? value)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        Open().LogAttributes(prefix, AttributeLeaves.Of(prefix, value));
    }

    /// <summary>Writes attributes of the run from a dictionary.</summary>
    /// <inheritdoc cref="LogAttributes(string, object)"/>
    /// <param name="prefix">The path under which the attributes are written, such as <c>data</c>.</param>
    /// <param name="value">The values by their paths below the prefix.</param>
    public void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> value)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(value);
        Open().LogAttributes(prefix, AttributeLeaves.Of(prefix, value));
    }

    /// <summary>Writes attributes of the run from an object whose type has source-generated JSON metadata.</summary>
    /// <inheritdoc cref="LogAttributes(string, object)"/>
    /// <param name="prefix">The path under which the attributes are written, such as <c>data</c>.</param>
    /// <param name="value">The object.</param>
    /// <param name="type">The <c>System.Text.Json</c> metadata of the type.</param>
    public void LogAttributes<T>(string prefix, T value, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(type);
        Open().LogAttributes(prefix, AttributeLeaves.Of(prefix, value, type.Options));
    }

    /// <summary>Writes attributes of one environment, such as its seed or its map.</summary>
    /// <inheritdoc cref="LogAttributes(string, IReadOnlyDictionary{string, object})"/>
    /// <param name="environment">The environment.</param>
    /// <param name="value">The values by their paths.</param>
    /// <param name="episode">The episode that the attributes describe; the environment itself if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The episode is negative.</exception>
    public void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> value, long? episode = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(value);
        Open().LogEnvironmentAttributes(environment, AttributeLeaves.Of("", value), episode);
    }

    /// <summary>Writes attributes of one environment from an object.</summary>
    /// <inheritdoc cref="LogEnvironmentAttributes(string, IReadOnlyDictionary{string, object}, long?)"/>
    [RequiresUnreferencedCode(NeedsReflection)]
    public void LogEnvironmentAttributes(string environment, object value, long? episode = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(value);
        Open().LogEnvironmentAttributes(environment, AttributeLeaves.Of("", value), episode);
    }

    /// <summary>Sets the description of the run, replacing any earlier one.</summary>
    /// <param name="description">The description; it may be empty.</param>
    /// <exception cref="MetricValidationException">It is longer than 16 KiB. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void SetDescription(string description)
    {
        ArgumentNullException.ThrowIfNull(description);
        Open().SetDescription(description);
    }

    /// <summary>
    /// Marks a moment of the run with a text, such as a checkpoint, a change of phase or an incident. It is written as an attribute
    /// under <c>annotation/</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="metadata">More facts about the moment.</param>
    /// <param name="step">The step of the moment.</param>
    /// <exception cref="ArgumentException">The text is empty, or something in the metadata cannot be written. Nothing changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Annotate(string text, IReadOnlyDictionary<string, object?>? metadata = null, long? step = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (step < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "Steps count from 0.");
        }

        // Time and number make the path: two processes that annotate in the same millisecond have different loggers' numbers.
        string path = string.Create(
            CultureInfo.InvariantCulture,
            $"annotation/{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}-{Environment.ProcessId}-{Interlocked.Increment(ref _annotations)}");
        Open().Annotate(path, text, step, metadata is null ? ReadOnlyDictionary<string, object?>.Empty : AttributeLeaves.Of("metadata", metadata));
    }

    /// <summary>Marks a moment of the run with a text and facts from an object, such as <c>new { learningRate, seed }</c>.</summary>
    /// <inheritdoc cref="Annotate(string, IReadOnlyDictionary{string, object}, long?)"/>
    [RequiresUnreferencedCode(NeedsReflection)]
    public void Annotate(string text, object metadata, long? step = null)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        Annotate(text, AttributeLeaves.Of("metadata", metadata), step);
    }

    private void WriteConfig(object? config, JsonTypeInfo? type)
    {
        Logger.CheckConfig(config, nameof(config));
        Open().LogAttributes(ConfigPrefix, AttributeLeaves.OfConfig(ConfigPrefix, config, type?.Options));
    }
}
