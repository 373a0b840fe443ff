using System.Diagnostics;
using System.Text;
using FluentAssertions;
using Metrana.Server;
using Metrana.Tool.Tests.Support;
using Metrana.Tool.Watching;
using Spectre.Console;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class WatchTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    private const char Blank = '\u2800';

    [Fact]
    public void A_rising_line_rises_from_corner_to_corner()
    {
        var lines = Lines(Chart(0, 1, 2, 3, 4, 5, 6, 7), log: false);

        lines[0].Should().StartWith("loss").And.Contain("7");
        lines[1].Should().StartWith("         7│");
        lines[^2].Should().StartWith("         0│");
        lines[^1].Should().StartWith("           0").And.EndWith("7");
        lines[1][^1].Should().NotBe(Blank, "the greatest is at the top, at the right");
        lines[^2][11].Should().NotBe(Blank, "the least is at the bottom, at the left");
        var begins = lines[1..^1].Select(line => line.AsSpan(11).IndexOfAnyExcept(Blank)).ToList();
        begins.Should().BeInDescendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void A_peak_of_one_bucket_reaches_the_top_and_a_gap_stays_empty()
    {
        var chart = Chart(1, 1, double.NaN, 1);
        var peak = chart.Curves[0].Curve with { Max = [1, 100, double.NaN, 1] };

        var lines = Lines(chart with { Curves = [(0, peak)] }, log: false);

        lines[1].Should().StartWith("       100│").And.MatchRegex("[\u2801-\u28FF]");
    }

    [Fact]
    public void A_logarithmic_axis_spaces_powers_evenly_and_leaves_out_what_has_no_logarithm()
    {
        var rows = Lines(Chart(1, 10, 100, 1000, 0, -5), log: true);

        rows[1].Should().StartWith("      1000│");
        rows[^2].Should().StartWith("         1│");
        Lines(Chart(0, -1), log: true)[1].TrimEnd().Should().MatchRegex("^ *│\u2800*$");
    }

    [Theory]
    [InlineData(20, 8)]
    [InlineData(80, 24)]
    [InlineData(200, 60)]
    [InlineData(3, 2)]
    public async Task A_frame_fits_the_terminal(int width, int height)
    {
        var (columns, rows, chartWidth, _) = FrameRenderer.Grid(width, height, 1);
        var (shown, fitting) = await new WatchReader(runs.Server, [runs.WalkerId]).ReadAsync("", 0, columns * rows, chartWidth, default);

        var text = Text(FrameRenderer.Draw(shown, fitting, new WatchView("", false), width, height), width);

        text.Split('\n').Should().HaveCountLessThanOrEqualTo(height).And.OnlyContain(line => line.Length <= Math.Max(width, 17));
    }

    [Fact]
    public void Keys_filter_scroll_switch_and_quit()
    {
        var view = new WatchView("", false);
        view.Press(Key('q', ConsoleKey.Q), 4, 9).Should().BeNull();
        view.Press(Key('l', ConsoleKey.L), 4, 9)!.Log.Should().BeTrue();
        view.Press(Key('\0', ConsoleKey.DownArrow), 4, 9)!.Skip.Should().Be(4);
        (view with { Skip = 8 }).Press(Key('\0', ConsoleKey.DownArrow), 4, 9)!.Skip.Should().Be(8);
        var typed = view.Press(Key('/', ConsoleKey.Divide), 4, 9)!.Press(Key('q', ConsoleKey.Q), 4, 9)!;
        typed.Should().Be(new WatchView("", false, Typing: "q"), "while somebody types, q is a letter");
        typed.Press(Key('\r', ConsoleKey.Enter), 4, 9).Should().Be(new WatchView("q", false));
        typed.Press(Key('\u001b', ConsoleKey.Escape), 4, 9).Should().Be(view);
    }

    [Fact]
    public async Task Charts_grow_at_a_terminal_until_q_is_pressed()
    {
        using var end = new CancellationTokenSource(TestTool.Deadline);
        await using var output = new LockedWriter();
        await using var run = await runs.StartAsync("live", $"watched-{Guid.NewGuid():N}");
        run.Log("loss", 125, step: 0);
        await run.FlushAsync();
        ConsoleKeyInfo? key = null;
        var tool = new TestTool { Data = runs.Data, IsTerminal = true, Width = 80, ReadKey = () => key };
        var watching = tool.RunAsync(["watch", run.Id], output, end.Token);
        await Eventually.ShouldAsync(() => output.ToString().Contains("125", StringComparison.Ordinal), "the first point", TestTool.Deadline);

        run.Log("loss", 777, step: 1);
        await run.FlushAsync();
        await Eventually.ShouldAsync(() => output.ToString().Contains("777", StringComparison.Ordinal), "the point that came while it was watched", TestTool.Deadline);
        key = Key('q', ConsoleKey.Q);

        (await watching).Code.Should().Be(0);
    }

    [Fact]
    public async Task Several_runs_grow_in_one_chart()
    {
        using var end = new CancellationTokenSource(TestTool.Deadline);
        await using var output = new LockedWriter();
        await using var first = await runs.StartAsync("live", $"first-{Guid.NewGuid():N}");
        await using var second = await runs.StartAsync("live", $"second-{Guid.NewGuid():N}");
        first.Log("loss", 125, step: 0);
        second.Log("loss", 250, step: 0);
        await Task.WhenAll(first.FlushAsync(), second.FlushAsync());
        ConsoleKeyInfo? key = null;
        var tool = new TestTool { Data = runs.Data, IsTerminal = true, Width = 80, ReadKey = () => key };
        var watching = tool.RunAsync(["watch", first.Id, second.Id, "--filter", "loss"], output, end.Token);
        await ShouldShowAsync("125", "250");

        second.Log("loss", 777, step: 1);
        first.Log("loss", 31, step: 1);
        await Task.WhenAll(first.FlushAsync(), second.FlushAsync());
        await ShouldShowAsync("777", "31");
        key = Key('q', ConsoleKey.Q);

        (await watching).Code.Should().Be(0);

        Task ShouldShowAsync(params string[] texts) => Eventually.ShouldAsync(
            () => texts.All(text => output.ToString().Contains(text, StringComparison.Ordinal)), string.Join(" and ", texts), TestTool.Deadline);
    }

    [TerminalFact]
    public async Task The_built_program_draws_at_a_terminal_takes_its_keys_and_leaves_it_as_it_was()
    {
        using var end = new CancellationTokenSource(TestTool.Deadline);
        var start = new ProcessStartInfo("script", ["-qec", $"stty cols 90 rows 30; stty -g; {Command()}; stty -g", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var text = new StringBuilder();
            var buffer = new char[4096];
            var isAsked = false;
            while (await process.StandardOutput.ReadAsync(buffer, end.Token) is > 0 and var count)
            {
                text.Append(buffer, 0, count);
                if (!isAsked && text.ToString().Contains("train/loss", StringComparison.Ordinal))
                {
                    isAsked = true;
                    await process.StandardInput.WriteAsync("q".AsMemory(), end.Token);
                    await process.StandardInput.FlushAsync(end.Token);
                }
            }

            await process.WaitForExitAsync(end.Token);
            process.ExitCode.Should().Be(0, text.ToString());
            var lines = text.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            text.ToString().Should().MatchRegex("[\u2801-\u28FF]", "a curve is drawn in dots");
            lines[^1].Should().EndWith(lines[0], "the terminal is as it was");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        string Command() => $"dotnet '{typeof(MetranaTool).Assembly.Location}' watch ppo-1 ppo-2 --filter train/loss --data '{runs.Data}'";
    }

    [Fact]
    public async Task Without_a_terminal_there_are_plain_lines()
    {
        var result = await runs.Tool().RunAsync("watch", "ppo-1", "ppo-2", "--filter", "train/loss");

        result.Code.Should().Be(0);
        result.Lines.Should().Equal($"walker/ppo-1\t199\ttrain/loss\t0.005", "walker/ppo-2\t0\ttrain/loss\t1.5");
        (await runs.Tool().RunAsync("watch", "ppo-2", "--once", "--json")).Json.GetProperty("point").GetProperty("value").GetDouble().Should().Be(1.5);
        (await runs.Tool(terminal: true).RunAsync("watch", "ppo-1", "--once", "--filter", "train/acc*")).Output.Should().Contain("train/accuracy").And.NotContain("train/loss");
    }

    private static ConsoleKeyInfo Key(char letter, ConsoleKey key) => new(letter, key, false, false, false);

    private static WatchedChart Chart(params double[] values)
    {
        var starts = Enumerable.Range(0, values.Length).Select(at => (double)at).ToList();
        var numbers = values.ToList();
        var curve = new StoredCurve
        {
            RunId = "",
            SeriesId = 1,
            Counts = [.. values.Select(value => double.IsNaN(value) ? 0L : 1L)],
            Flags = [.. values.Select(value => double.IsNaN(value) ? NotNumbers.NaN : NotNumbers.None)],
            FirstX = starts,
            First = numbers,
            LastX = starts,
            Last = numbers,
            Min = numbers,
            Max = numbers,
            Sum = numbers,
        };
        return new WatchedChart("loss", [(0, curve)], starts, 0, values.Length - 1);
    }

    private static List<string> Lines(WatchedChart chart, bool log) =>
        [.. ChartRenderer.Draw(chart, 27, 6, log).Select(line => string.Concat(line.Select(segment => segment.Text)))];

    private static string Text(Spectre.Console.Rendering.IRenderable frame, int width)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Write(frame);
        return text.ToString();
    }
}
