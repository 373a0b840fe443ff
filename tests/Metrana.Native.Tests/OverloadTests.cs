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
        "logger.LogRlFloats(\"m\", Scale.MlStep, VALUE, 3, \"e0\")",
        "series.Log(VALUE)",
        "series.Log(VALUE, 3)",
        "rlSeries.Log(VALUE, 3, set)",
        "batch.Add(\"m\", Scale.MlStep, VALUE)",
    ];

    public static TheoryData<LanguageVersion> Languages => [LanguageVersion.CSharp12, LanguageVersion.CSharp13, LanguageVersion.Latest];

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_whole_number_goes_where_it_is_exact_or_refused(LanguageVersion language)
    {
        foreach ((string value, string expected) in new[]
        {
            ("5", "int"), ("5u", "uint"), ("5L", "long"), ("5UL", "ulong"), ("(byte)5", "byte"), ("ulong.MaxValue", "ulong"),
            ("anSbyte", "sbyte"), ("aByte", "byte"), ("aShort", "short"), ("aUshort", "ushort"), ("anInt", "int"), ("aUint", "uint"),
            ("aLong", "long"), ("aUlong", "ulong"), ("aNint", "nint"), ("aNuint", "nuint"), ("aDecimal", "decimal"), ("aHalf", "System.Half"),
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
        foreach ((string value, string expected) in new[] { ("0.5", "double"), ("aDouble", "double"), ("0.5f", "float"), ("aFloat", "float") })
        {
            Chosen(language, _calls.Select(call => call.Replace("VALUE", value, StringComparison.Ordinal)))
                .Should().AllSatisfy(method => Value(method).Should().Be(expected, "{0} is one of {1}", value, method));
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Whatever_holds_numbers_is_taken_as_values(LanguageVersion language)
    {
        foreach (string value in new[]
        {
            "[0.5, 1]", "[1, 2]", "new[] { 1, 2 }", "new[] { 0.5 }", "new[] { 0.5f }", "new[] { 1L }", "new[] { true }", "true",
            "doubles", "floats.AsSpan()", "(ReadOnlySpan<double>)doubles", "new List<double>()", "new List<int>()",
            "new Memory<double>(doubles)", "new ArraySegment<float>(floats)", "stackalloc double[] { 1, 2 }", "Values.Of<decimal>(new decimal[1])",
        })
        {
            Chosen(language, _calls.Select(call => call.Replace("VALUE", value, StringComparison.Ordinal)))
                .Should().AllSatisfy(method => method.Parameters.Should().Contain(parameter => parameter.Type.Name == "Values", "{0} is one of {1}", value, method));
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void The_compiler_names_the_type_of_what_is_neither_a_number_nor_a_row_of_them(LanguageVersion language)
    {
        foreach ((string value, string type) in new[]
        {
            ("new double[2, 2]", "double[*,*]"), ("new Queue<double>()", "Queue<double>"), ("\"text\"", "string"),
            ("System.Numerics.Tensors.Tensor.Create(doubles)", "Tensor<double>"),
        })
        {
            FluentActions.Invoking(() => Chosen(language, [$"batch.Add(\"m\", Scale.MlStep, {value})"]))
                .Should().Throw<InvalidOperationException>().Which.Message.Should().Contain($"'{type}'");
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Counts_steps_and_episodes_come_as_ints_too(LanguageVersion language) =>
        Chosen(language,
        [
            "logger.LogHistogram(\"h\", Scale.MlStep, edges: doubles, counts: [12L, 30L], step: 1)",
            "logger.LogHistogram(\"h\", Scale.MlStep, edges: [-1.0, 0.0, 1.0], counts: [12, 30], step: 1)",
            "logger.LogHistogram(\"h\", Scale.MlStep, doubles, ints, 1)",
            "logger.LogStdFloats(\"m\", Scale.MlStep, doubles, steps: ints)",
            "rlSeries.Log(floats, 3, set, ints, steps: ints)",
            "rlSeries.Log(floats, 3, names, episodes: ints, where: new bool[2])",
            "rlSeries.Log(0.5, 3, \"e\", 4)",
            "rlSeries.Log(floats, 3, set[1..], steps: Steps.From(3), timestamps: System.DateTime.UtcNow)",
        ]).Should().HaveCount(8);

    [Theory]
    [MemberData(nameof(Languages))]
    public void What_people_have_at_hand_is_taken(LanguageVersion language) =>
        Chosen(language,
        [
            "logger.LogStdFloats(\"m\", Scale.MlStep, (double?)null)",
            "logger.LogStdFloats(\"m\", Scale.MlStep, (int?)3)",
            "series.Log((double?)0.5)",
            "logger.LogStdFloats(\"m\", Scale.MlStep, floats, steps: ints.AsSpan())",
            "logger.LogStdFloats(\"m\", Scale.MlStep, floats, steps: new List<int>())",
            "logger.LogStdFloats(\"m\", Scale.MlStep, 1.0, labels: (\"agent\", \"a\"))",
            "logger.LogStdFloats(\"m\", Scale.MlStep, 1.0, labels: (\"seed\", 7))",
            "logger.LogStdFloats(\"m\", Scale.MlStep, 1.0, timestamps: 5L)",
            "logger.LogStdFloats(\"m\", Scale.MlStep, floats, timestamps: new DateTimeOffset[2])",
            "rlSeries.Log(floats, 3, new List<string>())",
            "rlSeries.Log(floats, 3, names.AsSpan())",
            "rlSeries.Log(0.5, 3, \"e\", (int?)4)",
            "rlSeries.Log(floats, 3, set, new List<int>(), timestamps: Timestamps.Now)",
            "rlSeries.Log(floats, 3, set, timestamps: new DateTimeOffset[2])",
            "logger.Environments(new List<string>())",
            "logger.Environments(names.Where(name => name.Length > 1))",
            "logger.LogScatter(\"s\", Scale.MlStep, floats, floats, 1)",
            "logger.LogScatter(\"s\", Scale.MlStep, floats, doubles, ints, 1)",
            "logger.LogScatter(\"s\", Scale.MlStep, [0.1, 0.2], [0.3, 0.4], step: 1)",
            "logger.LogHistogram(\"h\", Scale.MlStep, doubles, new List<int>(), 1)",
            "(new LoggerConfig() with { RunName = \"b\" }).ToString()",
            "logger.LogStdFloats(\"m\", Scale.MlStep, System.Numerics.Tensors.Tensor.Create(doubles).GetSpan(new nint[1], 2))",
        ]).Should().HaveCount(22);

    [Theory]
    [MemberData(nameof(Languages))]
    public void An_argument_that_does_not_fit_does_not_put_the_blame_on_the_values(LanguageVersion language)
    {
        foreach (string call in new[]
        {
            "series.Log(floats, steps: \"x\")",
            "rlSeries.Log(floats, 3, names, episodes: \"x\")",
            "logger.LogStdFloats(\"m\", Scale.MlStep, floats, steps: \"x\")",
            "logger.LogRlFloats(\"m\", Scale.MlStep, floats, 3, names, steps: \"x\")",
            "batch.Add(series, floats, steps: \"x\")",
        })
        {
            FluentActions.Invoking(() => Chosen(language, [call])).Should().Throw<InvalidOperationException>()
                .Which.Message.Should().Contain("cannot convert from 'string' to").And.NotContain("'float[]'", "{0} has floats that are right", call);
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
                    nint aNint, nuint aNuint, float aFloat, double aDouble, decimal aDecimal, System.Half aHalf,
                    double[] doubles, float[] floats, int[] ints)
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
