using Metrana.Backends;

namespace Metrana.Tests;

/// <summary>The lines at the end of a run.</summary>
public class SummaryTests
{
    private static readonly RunDelivery _delivery = new() { Added = 1000, Sent = 990, Dropped = 6, Pending = 4 };

    [Fact]
    public void A_terminal_shows_the_last_values_with_their_courses()
    {
        RunSummary summary = new();
        for (int i = 0; i < 10_000; i++)
        {
            summary.Note("train/loss", 10_000 - i);
            summary.Note("acc", i);
        }

        string text = Write(summary, isTerminal: true);

        text.Should().StartWith("metrana: run p/r finished after 12.0 s\n");
        text.Should().MatchRegex(@"train/loss +1  █[▁-█]+▁\n").And.MatchRegex(@"acc +9999  ▁[▁-█]+█\n");
        text.Should().Contain("points: 1000 added, 990 sent, 6 dropped, 4 not delivered").And.EndWith("http://page");
    }

    [Fact]
    public void Elsewhere_it_is_plain_text()
    {
        RunSummary summary = new();
        summary.Note("loss", 0.5);
        summary.Note("loss", double.NaN);

        string text = Write(summary, isTerminal: false);

        text.All(char.IsAscii).Should().BeTrue();
        text.Should().Contain("loss").And.Contain("NaN");
    }

    [Fact]
    public void Very_many_metrics_do_not_flood_it()
    {
        RunSummary summary = new();
        for (int i = 0; i < 1000; i++)
        {
            summary.Note($"m{i}", i);
        }

        string[] lines = Write(summary, isTerminal: false).Split('\n');
        lines.Length.Should().BeLessThan(30);
        lines[1].Should().Contain("m0");
        lines.Should().Contain(line => line.Contains("more metrics", StringComparison.Ordinal));
    }

    [Fact]
    public void Many_threads_that_log_one_metric_harm_nothing()
    {
        Trend trend = new(1);
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                trend.Note(i);
            }
        });

        trend.Curve().Should().NotBeEmpty();
        trend.Last.Should().BeInRange(0, 99_999);
    }

    private static string Write(RunSummary summary, bool isTerminal) => summary.Write(
        "p/r",
        new EndOfRun(TimeSpan.Zero, true, RunOutcome.Finished, null),
        TimeSpan.FromSeconds(12),
        _delivery,
        stopped: null,
        [],
        "http://page",
        isTerminal);
}
