using Benchmarks.Modes;
using Benchmarks.Reporting;
using FluentAssertions;
using Xunit;

namespace Benchmarks.Tests;

public sealed class ReportTests
{
    private static readonly Dictionary<string, string> _parts = new() { ["a"] = "\nA\n", ["b-1"] = "B" };

    [Fact]
    public async Task The_documents_say_what_the_figures_say()
    {
        // It tells which one does not, and how to write it anew.
        int exitCode = await new ReportMode { Root = Repository.File("."), Check = true }.RunAsync();
        exitCode.Should().Be(0);
    }

    [Fact]
    public void Marked_parts_are_written_and_the_rest_stays()
    {
        string filled = MarkedText.Fill("x <!-- figures: a -->old<!-- end --> y <!-- figures: b-1 --><!-- end -->", _parts);
        filled.Should().Be("x <!-- figures: a -->\nA\n<!-- end --> y <!-- figures: b-1 -->B<!-- end -->");
        MarkedText.Fill(filled, _parts).Should().Be(filled);
    }

    [Theory]
    [InlineData("<!-- figures: c --><!-- end -->")]
    [InlineData("<!-- figures: a -->")]
    [InlineData("<!-- figures: a --> <!-- figures: b-1 --><!-- end -->")]
    public void A_mark_that_nobody_fills_is_an_error(string document)
    {
        Action fill = () => MarkedText.Fill(document, _parts);
        fill.Should().Throw<FormatException>();
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.004321, "0.00432")]
    [InlineData(8.3204, "8.32")]
    [InlineData(26.75, "26.8")]
    [InlineData(1073.7, "1,074")]
    public void A_cell_has_three_digits(double value, string cell) =>
        Cells.Number(value).Should().Be(cell);
}
