using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    private const string ConfigPrefix = "config";

    /// <summary>Writes the configuration of the run, as attributes under <c>config</c>.</summary>
    /// <inheritdoc cref="LogAttributes(string, object?)"/>
    /// <param name="value">
    /// A dictionary, a record, an anonymous object or a class whose entries or properties are the settings. NaN and
    /// infinities are written as paths without a value.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The value has no settings, because it is null, a single value or a tuple, or it contains something that cannot be an
    /// attribute; the message says what and where. Nothing changed.
    /// </exception>
    public void LogConfig(object value)
    {
        CheckConfig(value, nameof(value));
        LogConfigValue(value);
    }

    /// <summary>Writes the configuration of the run, without reflection, for programs that are trimmed or compiled ahead of time.</summary>
    /// <inheritdoc cref="LogConfig(object)"/>
    /// <param name="value">A record, an anonymous object or a class whose properties are the settings.</param>
    /// <param name="typeInfo">
    /// The metadata of the type, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>: <c>MyJson.Default.Settings</c>.
    /// </param>
    public void LogConfig<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        CheckConfig(value, nameof(value));
        LogTree(NativeLogger.AttributeTarget.Config, ConfigPrefix, nameof(value), null, value, typeInfo.Options);
    }

    /// <summary>
    /// Writes attributes of the run: facts that have no step, such as settings. A dictionary becomes one attribute for each entry, at
    /// the path <c>prefix/key</c>; an object, one for each property; a list or a set, one for each element, at <c>prefix/0</c> and so
    /// on. Nested values are expanded in the same way. Either all attributes are written or none.
    /// </summary>
    /// <param name="prefix">
    /// The path of the attributes. It may be empty if the value has entries of its own. <c>sys</c> is reserved for the service.
    /// </param>
    /// <param name="value">
    /// A text, number, boolean, date, null, <see cref="System.Text.Json.JsonElement"/> or
    /// <see cref="System.Text.Json.Nodes.JsonNode"/>, or a dictionary, list, set or tuple of these, or a record or another object
    /// with such properties. An enum is written as its name; <see cref="TimeSpan"/>, <see cref="Guid"/>, <see cref="Uri"/>,
    /// <see cref="Version"/> and <see cref="char"/> are written as text. A <see cref="ulong"/> above 2^63-1 is written as a
    /// floating-point number; a <see cref="decimal"/> must be representable as a double. A <see cref="DateTime"/> of unspecified kind
    /// counts as UTC, and a <see cref="DateOnly"/> is written as its midnight in UTC. A date in a
    /// <see cref="System.Text.Json.Nodes.JsonNode"/> is text, as in JSON. NaN and infinities are refused. Properties are read by
    /// reflection; programs published without it must pass a <c>JsonTypeInfo</c>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The value contains something that cannot be an attribute; the message says what and where. Nothing changed.
    /// </exception>
    /// <exception cref="MetricValidationException">A path or a value breaks a rule. Nothing changed.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void LogAttributes(string prefix, object? value)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        LogTree(NativeLogger.AttributeTarget.Run, prefix, nameof(prefix), null, value);
    }

    /// <summary>Writes attributes of the run, without reflection, for programs that are trimmed or compiled ahead of time.</summary>
    /// <inheritdoc cref="LogAttributes(string, object?)"/>
    /// <param name="prefix">The path of the attributes.</param>
    /// <param name="value">A record or another object.</param>
    /// <param name="typeInfo">The metadata of the type, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    public void LogAttributes<T>(string prefix, T value, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(typeInfo);
        LogTree(NativeLogger.AttributeTarget.Run, prefix, nameof(prefix), null, value, typeInfo.Options);
    }

    /// <summary>Writes attributes of an environment, or of one of its episodes.</summary>
    /// <inheritdoc cref="LogAttributes(string, object?)"/>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="value">
    /// A dictionary, an object or a list; paths begin with its keys. See <see cref="LogAttributes(string, object?)"/>.
    /// </param>
    /// <param name="episode">The episode that the attributes describe; if omitted, they describe the environment.</param>
    /// <exception cref="ArgumentOutOfRangeException">The episode is negative.</exception>
    public void LogEnvironmentAttributes(string environment, object? value, long? episode = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentOutOfRangeException.ThrowIfNegative(episode ?? 0, nameof(episode));
        LogTree(NativeLogger.AttributeTarget.Environment, environment, nameof(environment), episode, value);
    }

    /// <summary>Sets the tags of the run, replacing all existing tags.</summary>
    /// <param name="tags">The tags.</param>
    /// <exception cref="ArgumentNullException">The tags are null, or one of them is null.</exception>
    /// <exception cref="MetricValidationException">The tags exceed their maximum total length. Nothing changed.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void SetTags(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        SetTags([.. tags]);
    }

    /// <inheritdoc cref="SetTags(IEnumerable{string})"/>
    public void SetTags(params string[] tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        try
        {
            NativeLogger.SetTags(Live(), tags);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }

    /// <summary>Adds and removes tags of the run.</summary>
    /// <param name="added">Tags to add.</param>
    /// <param name="removed">Tags to remove.</param>
    /// <exception cref="ArgumentNullException">A tag is null.</exception>
    /// <exception cref="MetricValidationException">The tags exceed their maximum total length. Nothing changed.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void UpdateTags(IEnumerable<string>? added = null, IEnumerable<string>? removed = null)
    {
        string[] more = [.. added ?? []];
        string[] less = [.. removed ?? []];
        try
        {
            NativeLogger.UpdateTags(Live(), more, less);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }

    /// <summary>Sets the description of the run, replacing any earlier one.</summary>
    /// <param name="description">The description; it may be empty.</param>
    /// <exception cref="MetricValidationException">The description is longer than 16 KiB. Nothing changed.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void SetDescription(string description)
    {
        ArgumentNullException.ThrowIfNull(description);
        try
        {
            NativeLogger.SetDescription(Live(), description);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }

    /// <summary>Writes whatever is given, as the protocol does: also a single value.</summary>
    internal void LogConfigValue(object? value) =>
        LogTree(NativeLogger.AttributeTarget.Config, ConfigPrefix, nameof(value), null, value);

    /// <summary>A single value or a tuple would be written, and would look like a success.</summary>
    internal static void CheckConfig(object? value, string parameter)
    {
        ArgumentNullException.ThrowIfNull(value, parameter);
        if (value is string or ITuple or IFormattable or bool or Uri or Version or char)
        {
            throw new ArgumentException(
                "Settings need names: pass a dictionary, an anonymous object, new { lr = 3e-4 }, or a record. "
                    + $"A {value.GetType().Name} has none; LogAttributes writes it under a name.",
                parameter);
        }
    }

    private void LogTree(
        NativeLogger.AttributeTarget target,
        string name,
        string parameter,
        long? episode,
        object? value,
        JsonSerializerOptions? contracts = null)
    {
        try
        {
            NativeLogger.LogAttributes(Live(), target, name, parameter, episode, value, contracts);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }
}
