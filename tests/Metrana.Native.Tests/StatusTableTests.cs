using System.ComponentModel;
using System.Reflection;
using Metrana.Native.Interop;
using Metrana.Native.Tests.Support;

namespace Metrana.Native.Tests;

/// <summary>Code to exception, complete in both directions.</summary>
public class StatusTableTests
{
    private static readonly IReadOnlyDictionary<string, int> _native = NativeHeader.Enumeration("metrana_status");

    public static TheoryData<MetranaStatus> All => [.. Enum.GetValues<MetranaStatus>()];

    [Fact]
    public void A_status_that_is_never_thrown_is_offered_to_nobody()
    {
        foreach (MetranaStatus status in Enum.GetValues<MetranaStatus>().Where(status => (int)status >= 500))
        {
            typeof(MetranaStatus).GetField(status.ToString())!.GetCustomAttribute<EditorBrowsableAttribute>()!.State
                .Should().Be(EditorBrowsableState.Never, status.ToString());
        }
    }

    [Fact]
    public void Every_native_status_is_ours_by_name_and_number()
    {
        Dictionary<string, int> ours = Enum.GetValues<MetranaStatus>()
            .Where(status => status >= 0)
            .ToDictionary(status => HeaderName(status), status => (int)status);

        ours.Should().BeEquivalentTo(_native);
    }

    [Fact]
    public void Every_status_but_success_has_a_row_and_no_row_is_for_nothing() =>
        StatusTable.Known.Should().BeEquivalentTo(Enum.GetValues<MetranaStatus>().Except([MetranaStatus.Ok]));

    [Theory]
    [MemberData(nameof(All))]
    public void The_band_of_a_status_decides_the_kind_of_its_exception(MetranaStatus status)
    {
        if (status == MetranaStatus.Ok)
        {
            return;
        }

        Type expected = (int)status switch
        {
            110 => typeof(RunAlreadyExistsException),
            111 => typeof(OrchestrationIdMismatchException),
            -1 or (>= 100 and < 200) => typeof(LoggerInitException),
            200 => typeof(LoggerClosedException),
            201 => typeof(QueueFullException),
            210 => typeof(MetricValidationException),
            302 => typeof(FlushTimeoutException),
            >= 300 and < 400 => typeof(SenderException),
            >= 400 and < 500 => typeof(ClosingException),
            _ => typeof(MetranaException),
        };

        MetranaException exception = StatusTable.ToException(new Failure(status, 7, "because"));

        exception.Should().BeOfType(expected);
        exception.StatusCode.Should().Be(status);
        exception.GrpcStatus.Should().Be(7);
        exception.Message.Should().Be("because");
    }

    [Fact]
    public void A_status_of_a_newer_library_hides_nothing()
    {
        MetranaException exception = StatusTable.ToException(new Failure((MetranaStatus)999, null, "something new"));

        exception.Should().BeOfType<MetranaException>().Which.StatusCode.Should().Be((MetranaStatus)999);
        exception.Message.Should().Be("something new");
    }

    [Fact]
    [ParityRow("exception/MetranaLoggerError", "MetranaException")]
    [ParityRow("exception/EnqueueError", "EnqueueException")]
    public void The_hierarchy_is_the_one_that_is_documented()
    {
        Dictionary<Type, Type> bases = new()
        {
            [typeof(MetranaException)] = typeof(Exception),
            [typeof(LoggerInitException)] = typeof(MetranaException),
            [typeof(RunAlreadyExistsException)] = typeof(LoggerInitException),
            [typeof(OrchestrationIdMismatchException)] = typeof(RunAlreadyExistsException),
            [typeof(EnqueueException)] = typeof(MetranaException),
            [typeof(LoggerClosedException)] = typeof(EnqueueException),
            [typeof(QueueFullException)] = typeof(EnqueueException),
            [typeof(MetricValidationException)] = typeof(EnqueueException),
            [typeof(SenderException)] = typeof(MetranaException),
            [typeof(FlushTimeoutException)] = typeof(MetranaException),
            [typeof(ClosingException)] = typeof(MetranaException),
        };

        Dictionary<Type, Type?> found = typeof(MetranaException).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(Exception)))
            .ToDictionary(type => type, type => type.BaseType);

        found.Should().BeEquivalentTo(bases);
    }

    /// <summary>QueueFull is QUEUE_FULL there; a number does not begin a word (InvalidUtf8 is INVALID_UTF8).</summary>
    private static string HeaderName(MetranaStatus status) =>
        string.Concat(status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"))
            .ToUpperInvariant();
}
