using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain;

/// <summary>
/// One training run: its metrics, annotations and statuses. Logging checks, queues and returns; it never waits for the service and
/// never throws because of it.
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

    /// <summary>What it is called.</summary>
    public string Slug { get; }

    /// <summary>The service's own id of it.</summary>
    public string Id { get; }

    /// <summary>Where people look at it.</summary>
    public Uri Url { get; }

    /// <summary>Whether it was started and is neither done nor failed.</summary>
    public bool IsActive { get; private set; }

    /// <summary>What became of everything that it logged, since it was opened.</summary>
    public ExperimentDelivery Delivery => _outbox.Delivery;

    /// <summary>Logs a number.</summary>
    /// <param name="name">What was measured: 1 to 500 characters. One quantity has one name; what tells lines of it apart is metadata.</param>
    /// <param name="value">The number. NaN and infinities are counted and reported, and not sent.</param>
    /// <param name="step">The step, 0 or more; null where there is none.</param>
    /// <param name="metadata">What tells this line from others of the metric.</param>
    /// <param name="timestamp">When it was measured: a date, or seconds or milliseconds since 1970.</param>
    /// <exception cref="ArgumentException">Something that the service would refuse. Nothing was logged.</exception>
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
    /// <param name="metadata">Facts about it.</param>
    /// <exception cref="ArgumentException">Something that the service would refuse. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Annotation(string text, Metadata? metadata = null)
    {
        Limits.CheckAnnotation(text);
        byte[] facts = Syvain.Metadata.Encode(metadata);
        ThrowIfClosed();
        Added(_outbox.Add(new AnnotationItem(text, facts)));
    }

    /// <summary>Says that it runs. An experiment that is done may be started again.</summary>
    /// <param name="installHooks">
    /// Whether the end of the process says how it went and delivers what waits: done at a normal end, failed at an exit code other
    /// than 0, at an exception that nobody catches, and at a signal that nobody handles. Turn it off where somebody else does that.
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

    /// <summary>Says that it is done. The status is sent once everything before it is delivered; it waits for nothing itself.</summary>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Done() => End(new StatusItem("done"));

    /// <summary>Says that it failed.</summary>
    /// <param name="exception">Why.</param>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Error(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Error(exception.GetType().Name, exception.ToString());
    }

    /// <summary>Says that it failed.</summary>
    /// <param name="name">What kind of error it was.</param>
    /// <param name="detail">What it said. What is longer than the service takes is cut.</param>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public void Error(string name, string detail)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(detail);
        End(new StatusItem("error", Limits.CutErrorName(name), Limits.CutErrorDetail(detail)));
    }

    /// <summary>Starts it until the scope is left: <c>await using (ExperimentRun run = experiment.Run()) { ... }</c>.</summary>
    /// <remarks>
    /// At the end it is done, and a flush is tried four times that throws and drops nothing. A scope does not see the exception that
    /// it is left by: <see cref="RunAsync(Func{Task}, bool)"/> does, or call <see cref="ExperimentRun.Fail(Exception)"/>.
    /// </remarks>
    /// <param name="installHooks">As in <see cref="Start(bool)"/>.</param>
    /// <inheritdoc cref="Start(bool)" path="/exception"/>
    public ExperimentRun Run(bool installHooks = true)
    {
        Start(installHooks);
        return new ExperimentRun(this);
    }

    /// <summary>Runs code as the experiment: done when it ends, failed when it throws; the exception passes through.</summary>
    /// <param name="work">The training.</param>
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

    /// <summary>Runs code as the experiment, on the thread of the call; only what is left to deliver at its end is awaited.</summary>
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

    /// <summary>Tries once to deliver everything that was logged until now, waiting for what is under way.</summary>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    /// <returns>What became of everything since the flush before.</returns>
    public Task<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _sender.FlushAsync(cancellationToken);

    /// <inheritdoc cref="FlushAsync"/>
    public FlushResult Flush() => Task.Run(() => FlushAsync()).GetAwaiter().GetResult();

    /// <summary>Tries to deliver everything that was logged until now.</summary>
    /// <param name="retries">How often it is tried again.</param>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    /// <exception cref="CollectorException">Something is not delivered, or was lost since the last call.</exception>
    public Task<FlushResult> FlushOrThrowAsync(int retries = 3, CancellationToken cancellationToken = default) =>
        _sender.FlushOrThrowAsync(retries, cancellationToken);

    /// <inheritdoc cref="FlushOrThrowAsync"/>
    public FlushResult FlushOrThrow(int retries = 3) => Task.Run(() => FlushOrThrowAsync(retries)).GetAwaiter().GetResult();

    /// <summary>Its slug and id.</summary>
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
