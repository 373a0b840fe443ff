using System.Reflection;
using FluentAssertions;
using Metrana.Native;
using Metrana.Player.Results;
using Xunit;

namespace Metrana.Player.Tests;

public sealed class PublishedNamesTests
{
    [Theory]
    [InlineData(typeof(MetranaException), "MetranaLoggerError")]
    [InlineData(typeof(LoggerInitException), "LoggerInitError")]
    [InlineData(typeof(RunAlreadyExistsException), "RunAlreadyExistsError")]
    [InlineData(typeof(OrchestrationIdMismatchException), "OrchestrationIdMismatchError")]
    [InlineData(typeof(EnqueueException), "EnqueueError")]
    [InlineData(typeof(LoggerClosedException), "LoggerClosedError")]
    [InlineData(typeof(QueueFullException), "QueueFullError")]
    [InlineData(typeof(MetricValidationException), "ValidationError")]
    [InlineData(typeof(SenderException), "SenderError")]
    [InlineData(typeof(ClosingException), "ClosingError")]
    [InlineData(typeof(FlushTimeoutException), "TimeoutError")]
    [ParityRow("exception/MetranaLoggerError", "MetranaLoggerError", "MetranaException")]
    [ParityRow("exception/LoggerInitError", "LoggerInitError", "LoggerInitException")]
    [ParityRow("exception/RunAlreadyExistsError", "RunAlreadyExistsError", "RunAlreadyExistsException")]
    [ParityRow("exception/OrchestrationIdMismatchError", "OrchestrationIdMismatchError", "OrchestrationIdMismatchException")]
    [ParityRow("exception/EnqueueError", "EnqueueError", "EnqueueException")]
    [ParityRow("exception/LoggerClosedError", "LoggerClosedError", "LoggerClosedException")]
    [ParityRow("exception/QueueFullError", "QueueFullError", "QueueFullException")]
    [ParityRow("exception/ValidationError", "ValidationError", "MetricValidationException")]
    [ParityRow("exception/SenderError", "SenderError", "SenderException")]
    [ParityRow("exception/ClosingError", "ClosingError", "ClosingException")]
    [ParityRow("exception/TimeoutError", "TimeoutError", "FlushTimeoutException")]
    public void Every_exception_of_the_package_has_a_name_of_its_own(Type type, string published)
    {
        ConstructorInfo constructor = type.GetConstructors()[0];
        var arguments = constructor.GetParameters().Select(parameter => parameter.ParameterType == typeof(string) ? "text"
            : parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, 0) : null).ToArray();

        var raised = PublishedNames.Raised((Exception)constructor.Invoke(arguments));

        raised!.Message.Should().Be("text");
        raised.PublishedName.Should().Be(published);
    }

    [Fact]
    public void No_exception_is_without_a_published_name()
    {
        var named = typeof(PublishedNamesTests).GetMethod(nameof(Every_exception_of_the_package_has_a_name_of_its_own))!
            .GetCustomAttributes<InlineDataAttribute>().SelectMany(row => row.GetData(null!)).Select(row => row[0]);

        named.Should().BeEquivalentTo(
            typeof(Logger).Assembly.GetExportedTypes().Where(type => typeof(MetranaException).IsAssignableFrom(type)));
    }

    [Fact]
    public void What_the_package_does_not_throw_is_a_defect_and_no_result() =>
        PublishedNames.Raised(new InvalidOperationException()).Should().BeNull();
}
