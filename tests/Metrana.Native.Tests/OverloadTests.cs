using Metrana.Native.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metrana.Native.Tests;

/// <summary>
/// Which overload a call takes, in the language that a project for .NET 8 has by default and in those after it: that knows no
/// params but arrays, and no priorities of overloads.
/// </summary>
public class OverloadTests
{
    private static readonly string[] _calls =
    [
        "logger.LogStdFloats(\"m\", Scale.MlStep, VALUE)",
        "logger.LogStdFloats(\"m\", \"S\", VALUE, steps: 3)",
        "logger.LogDistributedFloats(\"m\", Scale.MlStep, VALUE, 3)",
        "logger.LogRlFloats(\"m\", Scale.MlStep, 3, \"e0\", VALUE)",
        "series.Log(VALUE)",
        "series.Log(VALUE, 3)",
        "rlSeries.Log(3, set, VALUE)",
        "batch.Add(\"m\", Scale.MlStep, VALUE)",
        "Widen.ToDouble(VALUE)",
    ];

    public static TheoryData<LanguageVersion> Languages => [LanguageVersion.CSharp12, LanguageVersion.CSharp13, LanguageVersion.Latest];

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_whole_number_goes_where_it_is_exact_or_refused(LanguageVersion language)
    {
        foreach ((string value, string expected) in new[]
        {
            ("5", "long"), ("5u", "long"), ("5L", "long"), ("5UL", "ulong"), ("(byte)5", "long"), ("ulong.MaxValue", "ulong"),
            ("anSbyte", "long"), ("aByte", "long"), ("aShort", "long"), ("aUshort", "long"), ("anInt", "long"), ("aUint", "long"),
            ("aLong", "long"), ("aUlong", "ulong"), ("aNint", "long"), ("aNuint", "ulong"),
        })
        {
            Chosen(language, _calls.Select(call => call.Replace("VALUE", value, StringComparison.Ordinal)))
                .Should().AllSatisfy(method => Value(method).Should().Be(expected, "{0} is one of {1}", value, method));
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_number_with_a_fraction_is_a_double(LanguageVersion language)
    {
        foreach (string value in new[] { "0.5", "0.5f", "aFloat", "aDouble" })
        {
            // Of doubles there is nothing to widen.
            IEnumerable<string> calls = _calls.Where(call => !call.StartsWith("Widen", StringComparison.Ordinal));
            Chosen(language, calls.Select(call => call.Replace("VALUE", value, StringComparison.Ordinal)))
                .Should().AllSatisfy(method => Value(method).Should().Be("double", "{0} is one of {1}", value, method));
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Names_of_environments_are_written_out_or_come_as_what_they_are_in(LanguageVersion language)
    {
        string writtenOut = language == LanguageVersion.CSharp12 ? "string[]" : "System.ReadOnlySpan<string>";

        Chosen(language,
        [
            "logger.Environments(\"a\", \"b\")",
            "logger.Environments(\"a\")",
            "logger.Environments(names)",
            "logger.Environments([\"a\", \"b\"])",
            "logger.Environments(names.AsSpan(1))",
            "logger.Environments((ReadOnlySpan<string>)names)",
        ]).Select(method => method.Parameters[0].Type.ToDisplayString()).Should().Equal(
            writtenOut, writtenOut, "string[]", "System.ReadOnlySpan<string>", "System.ReadOnlySpan<string>", "System.ReadOnlySpan<string>");
    }

    [Fact]
    public void A_call_that_fits_nowhere_would_be_found() =>
        FluentActions.Invoking(() => Chosen(LanguageVersion.Latest, ["series.Log(\"x\")"])).Should().Throw<InvalidOperationException>();

    /// <summary>The methods that these calls are of, in their order.</summary>
    private static List<IMethodSymbol> Chosen(LanguageVersion language, IEnumerable<string> calls)
    {
        CSharpCompilation compilation = Snippet.Compile(
            $$"""
            using Metrana.Native;

            public static class Calls
            {
                public static void All(
                    Logger logger, Series series, RlSeries rlSeries, EnvironmentSet set, LogBatch batch, string[] names,
                    sbyte anSbyte, byte aByte, short aShort, ushort aUshort, int anInt, uint aUint, long aLong, ulong aUlong,
                    nint aNint, nuint aNuint, float aFloat, double aDouble)
                {
                    {{string.Join('\n', calls.Select(call => $"{call};"))}}
                }
            }
            """,
            language,
            OutputKind.DynamicallyLinkedLibrary);
        if (Snippet.Problems(compilation) is { Count: > 0 } problems)
        {
            throw new InvalidOperationException(string.Join('\n', problems));
        }

        SyntaxTree code = compilation.SyntaxTrees[0];
        SemanticModel model = compilation.GetSemanticModel(code);
        return
        [
            .. code.GetRoot().DescendantNodes().OfType<ExpressionStatementSyntax>()
                .Select(statement => (IMethodSymbol)model.GetSymbolInfo(statement.Expression).Symbol!),
        ];
    }

    private static string Value(IMethodSymbol method) =>
        method.Parameters.Single(parameter => parameter.Name == "value").Type.ToDisplayString();
}
