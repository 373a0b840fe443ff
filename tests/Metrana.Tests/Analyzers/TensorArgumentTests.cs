using System.Globalization;
using Metrana.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metrana.Tests.Analyzers;

/// <summary>METRANA103: a tensor where numbers are logged. The compiler refuses the call, and the rule says what to write.</summary>
public class TensorArgumentTests
{
    private const string Before = """
        using System.Numerics.Tensors;
        using Metrana;
        using Native = Metrana.Native;
        
        using Run run = Run.InMemory();
        using Native.Logger logger = null!;
        Tensor<double> weights = Tensor.Create(new double[] { 1, 2 });
        TorchSharp.torch.Tensor loss = new();
        _ = (logger, weights, loss);

        """;

    // TorchSharp is large, and the rule goes by the name of its type.
    private const string After = """

        namespace TorchSharp
        {
            public static class torch
            {
                public class Tensor
                {
                    public T item<T>() where T : unmanaged => default;
                }
            }
        }
        """;

    [Theory]
    [InlineData("""run.Log("m", weights);""")]
    [InlineData("""run.LogDistributed("m", weights, step: 3);""")]
    [InlineData("""run.Series("m").Log(weights);""")]
    [InlineData("""run.RlSeries("m").Log(weights, 3, logger.Environments(2));""")]
    [InlineData("""run.Evaluation.Log("m", weights, step: 3);""")]
    [InlineData("""logger.LogStdFloats("m", Native.Scale.MlStep, weights);""")]
    [InlineData("""logger.Series("m", Native.Scale.MlStep).Log(weights);""")]
    [InlineData("""new Native.LogBatch().Add("m", Native.Scale.MlStep, weights);""")]
    [InlineData("""logger.LogHistogram("m", Native.Scale.MlStep, weights, new long[1]);""")]
    public async Task A_tensor_where_numbers_belong_is_found(string code)
    {
        Diagnostic found = (await FindAsync(code)).Should().ContainSingle("{0}", code).Which;
        found.Id.Should().Be("METRANA103");
        found.GetMessage(CultureInfo.InvariantCulture).Should().Be(
            "A Tensor<double> is logged by its numbers: weights.GetSpan(start, length)");
    }

    [Fact]
    public async Task Spans_of_tensors_are_told_the_same() =>
        (await FindAsync("""run.Log("m", weights.AsTensorSpan()); run.Log("m", weights.AsReadOnlyTensorSpan());"""))
            .Select(found => found.GetMessage(CultureInfo.InvariantCulture)).Should().Equal(
                "A TensorSpan<double> is logged by its numbers: weights.AsTensorSpan().GetSpan(start, length)",
                "A ReadOnlyTensorSpan<double> is logged by its numbers: weights.AsReadOnlyTensorSpan().GetSpan(start, length)");

    [Fact]
    public async Task A_tensor_of_TorchSharp_is_told_of_one_number_and_of_several() =>
        (await FindAsync("""run.Log("loss", loss);""")).Should().ContainSingle().Which.GetMessage(CultureInfo.InvariantCulture)
            .Should().Be("A TorchSharp.torch.Tensor is logged by its numbers: loss.item<float>() of one number, loss.cpu().data<float>().ToArray() of several");

    [Theory]
    [InlineData("""run.Log("m", weights.GetSpan(new nint[1], 2));""")]
    [InlineData("""run.Log("loss", loss.item<float>());""")]
    [InlineData("""Console.WriteLine(weights);""")]
    [InlineData("""Log("m", weights); static void Log(string metric, Tensor<double> values) => _ = (metric, values);""")]
    [InlineData("""run.LogConfig(new { weights.Rank });""")]
    public async Task What_the_compiler_takes_is_not(string code) => (await FindAsync(code)).Should().BeEmpty();

    /// <summary>What the compiler itself says of these calls names a tensor, so that the rule comes where help is needed.</summary>
    [Fact]
    public void What_it_warns_of_does_not_compile() =>
        Compile("""run.Log("m", weights);""").GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error)
            .Should().ContainSingle().Which.GetMessage(CultureInfo.InvariantCulture).Should().Contain("Tensor<double>");

    private static async Task<IReadOnlyList<Diagnostic>> FindAsync(string code) => await Snippet.AdviceAsync(Compile(code));

    private static CSharpCompilation Compile(string code) =>
        Snippet.Compile(Before + code + After, LanguageVersion.Latest, OutputKind.ConsoleApplication);
}
