using System.Reflection;
using FluentAssertions;
using Metrana.Native;
using Metrana.Player.Results;
using Xunit;

namespace Metrana.Player.Tests;

public sealed class PublishedNamesTests
{
    public static TheoryData<Type> Exceptions => [.. typeof(Logger).Assembly.GetExportedTypes()
        .Where(type => typeof(MetranaException).IsAssignableFrom(type))];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Every_exception_of_the_package_has_a_name_of_its_own(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors()[0];
        var arguments = constructor.GetParameters().Select(parameter => parameter.ParameterType == typeof(string) ? "text"
            : parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, 0) : null).ToArray();

        var raised = PublishedNames.Raised((Exception)constructor.Invoke(arguments));

        raised!.Message.Should().Be("text");
        raised.PublishedName.Should().Be(type.Name switch
        {
            nameof(MetricValidationException) => "ValidationError",
            nameof(FlushTimeoutException) => "TimeoutError",
            nameof(MetranaException) => "MetranaLoggerError",
            var name => name.Replace("Exception", "Error", StringComparison.Ordinal),
        });
    }

    [Fact]
    public void What_the_package_does_not_throw_is_a_defect_and_no_result() =>
        PublishedNames.Raised(new InvalidOperationException()).Should().BeNull();
}
