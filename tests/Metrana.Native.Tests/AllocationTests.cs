using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>A log call leaves nothing for the garbage collector.</summary>
public sealed class AllocationTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Calls = 2000;

    /// <summary>A call that allocates does so in each round. What the collector took out of a pool meanwhile comes back once.</summary>
    private const int Rounds = 3;

    private static readonly double[] _column = new double[100];
    private static readonly float[] _floats = new float[100];
    private static readonly long[] _numbers = [.. Enumerable.Range(0, 100).Select(i => (long)i)];
    private static readonly string[] _names = [.. Enumerable.Range(0, 50).Select(i => $"environment-{i}")];
    private static readonly double[] _edges = [.. Enumerable.Range(0, 101).Select(i => (double)i)];
    private static readonly Histogram[] _histograms = [Histogram.OfCounts(_edges, new long[100]), Histogram.OfCounts(_edges, new ulong[100])];
    private static readonly Scatter[] _scatters = [new(_edges, _edges), new(_edges, _edges)];
    private static readonly LogBatch _batch = new();
    private static readonly Dictionary<string, object?> _lists = new()
    {
        ["texts"] = new Dictionary<string, string> { ["a"] = "b" },
        ["doubles"] = new[] { 1.5, 2.5 },
        ["floats"] = new[] { 1.5f },
        ["ints"] = new[] { 1, 2 },
        ["longs"] = new[] { 1L },
        ["names"] = new List<string> { "x" },
        ["objects"] = new object?[] { "y", null },
        ["more"] = new List<object?> { "z" },
    };

    private static readonly Dictionary<string, object?> _attributes = new() { ["lr"] = 0.1, ["name"] = "größe", ["steps"] = 7 };
    private static readonly Scale _scale = new("MY_SCALE");
    private static readonly Labels _labels = new(("gpu", "0"), ("layer", "größe"));
    private static readonly Labels _longLabels = new(Enumerable.Range(0, 8).Select(
        i => KeyValuePair.Create($"{i}" + new string('k', 63), new string('v', 64))));

    private readonly LocalServer _server = fixture.Server;

    public static TheoryData<string> Forms => [.. _forms.Keys];

    // The column in the call is not all constants: those the compiler keeps in the program, and without optimisation the
    // runtime allocates while it looks for them.
    private static readonly Dictionary<string, Action<Logger>> _forms = new()
    {
        ["a value"] = l => l.LogStdFloats("a", Scale.MlStep, 1),
        ["a value, the scale as text"] = l => l.LogStdFloats("b", "ML_STEP", 1),
        ["a value, a scale that was made once"] = l => l.LogStdFloats("c", _scale, 1),
        ["a value, labels that were made once"] = l => l.LogStdFloats("d", Scale.MlStep, 1, labels: _labels),
        ["a value, labels in the call"] = l => l.LogStdFloats("e", Scale.MlStep, 1, labels: [("gpu", "0"), ("layer", "3")]),
        ["a value, a step and a time"] = l => l.LogStdFloats("f", Scale.MlStep, 1, steps: 7, timestamps: Timestamps.At(9)),
        ["a column"] = l => l.LogStdFloats("g", Scale.MlStep, _column),
        ["a column in the call"] = l => l.LogStdFloats(
            "h", Scale.MlStep, [_column[0], 1], steps: [_numbers[1], 4], timestamps: [_numbers[2], 5]),
        ["a column of floats"] = l => l.LogStdFloats("i", Scale.MlStep, _floats),
        ["a column with steps and times"] = l => l.LogStdFloats("j", Scale.MlStep, _column, steps: _numbers, timestamps: _numbers),
        ["names that need more than the stack"] = l => l.LogStdFloats("k", Scale.MlStep, 1, labels: _longLabels),
        ["a distributed value"] = l => l.LogDistributedFloats("l", Scale.MlStep, 1.5, 7),
        ["a value of an environment"] = l => l.LogRlFloats("m", Scale.MlStep, 1.5, 1, "e0", 3),
        ["a row of an environment"] = l => l.LogRlFloats("n", Scale.MlStep, _column, 1, "e0"),
        ["a value of fifty environments by name"] = l => l.LogRlFloats("o", Scale.MlStep, _column.AsSpan(0, 50), 1, _names),
        ["a grid with everything"] = l => l.LogRlFloats(
            "p", Scale.MlStep, _floats, 1, _names, _numbers.AsSpan(0, 50), steps: _numbers, timestamps: _numbers, width: 2),
        ["the progress of an environment"] = l => l.GetEnvironmentLastRlStepAndEpisode("e0"),
        ["a histogram"] = l => l.LogHistogram("q", Scale.MlStep, _edges, _numbers, 1, new HistogramStats { Min = 0, Max = 1, Sum = 2, SumOfSquares = 3 }),
        ["histograms"] = l => l.LogHistograms("r", Scale.MlStep, _histograms, [_numbers[1], 2]),
        ["a scatter"] = l => l.LogScatter("s", Scale.MlStep, _edges, _edges, 1, new AxisTitles { X = "x", Y = "y" }),
        ["scatters"] = l => l.LogScatters("t", Scale.MlStep, _scatters, [_numbers[1], 2]),
        ["a batch"] = l =>
        {
            _batch.Add("u", Scale.MlStep, 1.5, labels: _labels);
            _batch.Add("v", Scale.MlStep, _column, _numbers, [("gpu", "0")], _numbers);
            l.Log(_batch);
        },
        ["a description"] = l => l.SetDescription("what it is"),
        ["an attribute"] = l => l.LogAttributes("name", "größe"),
        ["the last step"] = l => l.GetSeriesLastStep("a", Scale.MlStep, _labels),
        ["the counters"] = l => l.GetMetrics(),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void No_form_of_a_call_allocates(string form)
    {
        using Logger logger = new(Runs.Config(_server, form));
        Action<Logger> call = _forms[form];

        Allocated(() => call(logger)).Should().Be(0);
    }

    [Fact]
    public void No_call_through_a_handle_allocates()
    {
        using Logger logger = new(Runs.Config(_server));
        Series loss = logger.Series("a", Scale.MlStep);
        RlSeries reward = logger.RlSeries("b", Scale.MlStep, episodic: true);
        EnvironmentSet set = logger.Environments(_names);

        Allocated(() => loss.Log(1.5)).Should().Be(0);
        Allocated(() => loss.Log(1.5, 7, Timestamps.At(9))).Should().Be(0);
        Allocated(() => loss.Log(_column, _numbers)).Should().Be(0);
        Allocated(() => reward.Log(_floats, 1, set, 3, timestamps: _numbers, width: 2)).Should().Be(0);
    }

    [Fact]
    public void Attributes_in_the_usual_collections_cost_no_managed_memory()
    {
        using Logger logger = new(Runs.Config(_server));
        Allocated(() => logger.LogConfig(_attributes)).Should().Be(0);
        Allocated(() => logger.LogAttributes("lists", _lists)).Should().Be(0);
    }

    private static long Allocated(Action call)
    {
        for (int i = 0; i < 100; i++)
        {
            call();
        }

        return Enumerable.Range(0, Rounds).Min(_ => Round());

        long Round()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Calls; i++)
            {
                call();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void The_measure_itself_sees_an_allocation()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        object made = new();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BePositive();
        GC.KeepAlive(made);
    }
}
