using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>A log call leaves nothing for the garbage collector.</summary>
public sealed class AllocationTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Calls = 2000;

    private static readonly double[] _column = new double[100];
    private static readonly float[] _floats = new float[100];
    private static readonly long[] _numbers = [.. Enumerable.Range(0, 100).Select(i => (long)i)];
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
        ["a value, labels that were made once"] = l => l.LogStdFloats("d", Scale.MlStep, 1, _labels),
        ["a value, labels in the call"] = l => l.LogStdFloats("e", Scale.MlStep, 1, [("gpu", "0"), ("layer", "3")]),
        ["a value, a step and a time"] = l => l.LogStdFloats("f", Scale.MlStep, 1, steps: 7, timestamps: Timestamps.At(9)),
        ["a column"] = l => l.LogStdFloats("g", Scale.MlStep, _column),
        ["a column in the call"] = l => l.LogStdFloats(
            "h", Scale.MlStep, [_column[0], 1], steps: [_numbers[1], 4], timestamps: [_numbers[2], 5]),
        ["a column of floats"] = l => l.LogStdFloats("i", Scale.MlStep, _floats),
        ["a column with steps and times"] = l => l.LogStdFloats("j", Scale.MlStep, _column, steps: _numbers, timestamps: _numbers),
        ["names that need more than the stack"] = l => l.LogStdFloats("k", Scale.MlStep, 1, _longLabels),
        ["the last step"] = l => l.GetSeriesLastStep("a", Scale.MlStep, _labels),
        ["the counters"] = l => l.GetMetrics(),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void No_form_of_a_call_allocates(string form)
    {
        using Logger logger = new(Runs.Config(_server, form));
        Action<Logger> call = _forms[form];
        for (int i = 0; i < 100; i++)
        {
            call(logger);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            call(logger);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
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
