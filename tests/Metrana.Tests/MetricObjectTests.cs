namespace Metrana.Tests;

/// <summary>Metrics that come as an object or as a dictionary.</summary>
public class MetricObjectTests
{
    [Fact]
    public void Dictionaries_of_any_numbers_are_logged_and_what_is_null_in_them_is_left_out()
    {
        using Run run = Run.InMemory();
        run.Log(new Dictionary<string, float> { ["float"] = 0.5f });
        run.Log(new SortedList<string, int> { ["int"] = 2 });
        run.Log(new Dictionary<string, object?> { ["decimal"] = 3.25m, ["bool"] = true, ["none"] = null, ["huge"] = (Int128)4 });
        run.Log(new Dictionary<string, double?> { ["maybe"] = 5.0, ["not"] = null });
        run.Evaluation.Log(new Dictionary<string, long> { ["long"] = 6 });

        run.Recording.Points.Select(point => (point.Metric, point.Value)).Should().BeEquivalentTo(new[]
        {
            ("float", 0.5), ("int", 2), ("decimal", 3.25), ("bool", 1), ("huge", 4), ("maybe", 5), ("eval/long", 6),
        });
    }

    [Fact]
    public void What_is_no_number_would_be_rounded_or_cannot_be_read_is_refused_by_its_name_and_nothing_is_logged()
    {
        using Run run = Run.InMemory();

        run.Invoking(r => r.Log(new Dictionary<string, object> { ["good"] = 1, ["bad"] = "text" }))
            .Should().Throw<ArgumentException>().WithMessage("'bad' is a String*");
        run.Invoking(r => r.Log(new { good = 1, big = 9007199254740993m })).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*beyond 2^53*").WithParameterName("big");
        run.Invoking(r => r.Log(new Broken())).Should().Throw<ArgumentException>()
            .WithMessage("'Value' cannot be read: not today").WithInnerException<InvalidOperationException>();
        run.Invoking(r => r.Log(new Dictionary<int, double> { [7] = 0.5 })).Should().Throw<ArgumentException>()
            .WithMessage("The name of a metric is a string, and '7' is a Int32.");
        run.Recording.Points.Should().BeEmpty();
    }

    private sealed class Broken
    {
        public double Good { get; } = 1;

        public double Value => Good > 0 ? throw new InvalidOperationException("not today") : 0;
    }
}
