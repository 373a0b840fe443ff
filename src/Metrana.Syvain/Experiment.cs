using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain;

/// <summary>
/// One training run: its metrics, annotations and statuses. Log calls validate and queue their data and return; they never wait
/// for the service and never throw because of it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The collector closes it, and disposes what it owns.")]
public sealed class Experiment
{
    private const int ScopeRetries = 3;

    private readonly Collector _collector;
    private readonly CollectorOptions _options;
    private readonly Outbox _outbox;
    private readonly Sender _sender;

    private int _closed;

    internal Experiment(Collector collector, string slug, OpenedExperiment opened)
    {
        (_collector, _options, Slug, Id, Url) = (collector, collector.Options, slug, opened.Id, opened.Url);
        _outbox = new Outbox(_options.MaxQueueItems, _options.MaxRetries);
        _sender = new Sender(slug, _outbox, opened.Destination, _options, collector.Warnings);
    }

    /// <summary>The name of the experiment.</summary>
    public string Slug { get; }

    /// <summary>The id of the experiment, assigned by the service.</summary>
    public string Id { get; }

    /// <summary>The address of the experiment in the dashboard.</summary>
    public Uri Url { get; }

    /// <summary>Whether the experiment was started and is neither done nor failed.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Counts of what happened to everything that was logged since the experiment was opened.</summary>
    public ExperimentDelivery Delivery => _outbox.Delivery;

    /// <summary>Logs a number.</summary>
    /// <param name="name">
    /// The name of the metric: 1 to 500 characters. Use one name for each quantity, and metadata to distinguish its lines.
    /// </param>
    /// <param name="value">The number. NaN and infinities are counted and reported but not sent.</param>
    /// <param name="step">The step, 0 or more; null if there is none.</param>
    /// <param name="metadata">The metadata that distinguishes this line from others of the metric.</param>
    /// <param name="timestamp">When it was measured: a date, or seconds or milliseconds since 1970.</param>
    /// <exception cref="ArgumentException">An argument that the service would refuse. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Metric(string name, double value, long? step, Metadata? metadata = null, EventTime? timestamp = null)
    {
        Limits.CheckName(name);
        Limits.CheckStep(step);
        byte[] facts = Syvain.Metadata.Encode(metadata);
        ThrowIfClosed();
        if (!double.IsFinite(value))
        {
            _outbox.CountNonFinite();
            _collector.Warnings.Say(
                "not finite",
                string.Create(CultureInfo.InvariantCulture, $"the metric '{name}' of the experiment '{Slug}' is {value}, which the service has no number for ({Delivery.NonFinite} such values so far)."));
            return;
        }

        long? time = timestamp?.Milliseconds ?? (_options.StampMetrics ? _options.Clock.Now.ToUnixTimeMilliseconds() : null);
        Added(_outbox.Add(new MetricItem(name, value, step, facts, time)));
    }

    /// <summary>Logs a text: a checkpoint, a change of phase, a note.</summary>
    /// <param name="text">The text: 1 to 16,000 characters.</param>
    /// <param name="metadata">The metadata of the annotation.</param>
    /// <exception cref="ArgumentException">An argument that the service would refuse. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Annotation(string text, Metadata? metadata = null)
    {
        Limits.CheckAnnotation(text);
        byte[] facts = Syvain.Metadata.Encode(metadata);
        ThrowIfClosed();
        Added(_outbox.Add(new AnnotationItem(text, facts)));
    }

    /// <summary>Reports that the experiment is running. An experiment that is done may be started again.</summary>
    /// <param name="installHooks">
    /// Whether the end of the process reports the outcome and delivers pending data: done at a normal exit; failed at an exit code other
    /// than 0, at an unhandled exception, and at an unhandled signal. Turn it off if other code does that.
    /// </param>
    /// <exception cref="InvalidOperationException">Another experiment of the collector is active.</exception>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Start(bool installHooks = true)
    {
        ThrowIfClosed();
        _collector.Activate(this);
        IsActive = true;
        if (installHooks)
        {
            ProcessHooks.Watch(this);
        }

        Set(new StatusItem("running"));
    }

    /// <summary>
    /// Reports that the experiment is done. The status is sent once everything before it is delivered; the call itself does not wait.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Done() => End(new StatusItem("done"));

    /// <summary>Reports that the experiment failed.</summary>
    /// <param name="exception">The cause.</param>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Error(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Error(exception.GetType().Name, exception.ToString());
    }

    /// <summary>Reports that the experiment failed.</summary>
    /// <param name="name">The kind of the error.</param>
    /// <param name="detail">The error message. A message that is too long for the service is truncated.</param>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Error(string name, string detail)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(detail);
        End(new StatusItem("error", Limits.CutErrorName(name), Limits.CutErrorDetail(detail)));
    }

    /// <summary>Starts the experiment for a scope: <c>await using (ExperimentRun run = experiment.Run()) { ... }</c>.</summary>
    /// <remarks>
    /// At the end of the scope, the experiment is done, and a flush is tried four times, which neither throws nor drops anything. A scope
    /// cannot see an exception that leaves it; use <see cref="RunAsync(Func{Task}, bool)"/>, or call
    /// <see cref="ExperimentRun.Fail(Exception)"/>.
    /// </remarks>
    /// <param name="installHooks">As in <see cref="Start(bool)"/>.</param>
    /// <inheritdoc cref="Start(bool)" path="/exception"/>
    public ExperimentRun Run(bool installHooks = true)
    {
        Start(installHooks);
        return new ExperimentRun(this);
    }

    /// <summary>Runs code as the experiment: done when the code ends, failed when it throws. Exceptions are rethrown.</summary>
    /// <param name="work">The code to run.</param>
    /// <param name="installHooks">As in <see cref="Start(bool)"/>.</param>
    /// <inheritdoc cref="Start(bool)" path="/exception"/>
    public async Task RunAsync(Func<Task> work, bool installHooks = true)
    {
        ArgumentNullException.ThrowIfNull(work);
        ExperimentRun run = Run(installHooks);
        await using (run.ConfigureAwait(false))
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                run.Fail(e);
                throw;
            }
        }
    }

    /// <summary>Runs code as the experiment, on the calling thread; only the delivery of the remaining data is asynchronous.</summary>
    /// <inheritdoc cref="RunAsync(Func{Task}, bool)"/>
    public Task RunAsync(Action work, bool installHooks = true)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunAsync(
            () =>
            {
                work();
                return Task.CompletedTask;
            },
            installHooks);
    }

    /// <summary>Tries once to deliver everything that was logged so far, and waits for data that is already being sent.</summary>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    /// <returns>The counts of what happened to everything since the previous flush.</returns>
    public Task<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _sender.FlushAsync(cancellationToken);

    /// <inheritdoc cref="FlushAsync"/>
    public FlushResult Flush() => Task.Run(() => FlushAsync()).GetAwaiter().GetResult();

    /// <summary>Tries to deliver everything that was logged so far.</summary>
    /// <param name="retries">The number of retries.</param>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    /// <exception cref="CollectorException">Something was not delivered, or was lost since the last call.</exception>
    public Task<FlushResult> FlushOrThrowAsync(int retries = 3, CancellationToken cancellationToken = default) =>
        _sender.FlushOrThrowAsync(retries, cancellationToken);

    /// <inheritdoc cref="FlushOrThrowAsync"/>
    public FlushResult FlushOrThrow(int retries = 3) => Task.Run(() => FlushOrThrowAsync(retries)).GetAwaiter().GetResult();

    /// <summary>Returns the slug and the id.</summary>
    public override string ToString() => $"{Slug} ({Id})";

    /// <summary>Delivers what it can, and says what is left.</summary>
    internal Task FlushBestEffortAsync(CancellationToken cancellationToken) => _sender.FlushBestEffortAsync(ScopeRetries, cancellationToken);

    /// <summary>The end of the process: says how it went if nobody has, and delivers for as long as it may take.</summary>
    internal async Task EndWithProcessAsync(StatusItem? status)
    {
        if (Volatile.Read(ref _closed) != 0)
        {
            return;
        }

        if (IsActive && status is not null)
        {
            End(status);
        }

        await WithinCloseTimeoutAsync().ConfigureAwait(false);
    }

    internal async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        ProcessHooks.Forget(this);
        await WithinCloseTimeoutAsync().ConfigureAwait(false);
        await _sender.StopAsync().ConfigureAwait(false);
        _sender.Dispose();
    }

    private async Task WithinCloseTimeoutAsync()
    {
        using CancellationTokenSource timeout = new(_options.CloseTimeout);
        try
        {
            await FlushBestEffortAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What is left is counted by whoever ends it.
        }
    }

    private void End(StatusItem status)
    {
        ThrowIfClosed();
        IsActive = false;
        _collector.Deactivate(this);
        ProcessHooks.Forget(this);
        Set(status);
    }

    private void Set(StatusItem status)
    {
        _outbox.Set(status);
        _sender.Arm();
    }

    private void Added(int lost)
    {
        _sender.Arm();
        if (lost > 0)
        {
            ExperimentDelivery delivery = Delivery;
            _collector.Warnings.Say("overflow", string.Create(
                CultureInfo.InvariantCulture,
                $"the queue of the experiment '{Slug}' is full, and its oldest items are lost: {delivery.Metrics.Dropped} metrics and {delivery.Annotations.Dropped} annotations so far. The service is away or slower than the training; {nameof(CollectorOptions.MaxQueueItems)} is {_options.MaxQueueItems}."));
        }
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, _collector);
}
