using System.Reflection;
using Metrana.Native;

namespace Metrana.Tests;

/// <summary>Whoever knows one log call knows all of them: their parameters have one order, in the client and in the logger.</summary>
public class ParameterOrderTests
{
    /// <summary>The order. What is not listed is something that only one kind of data has.</summary>
    private static readonly string[][] _order =
    [
        ["series", "metric", "metrics"],
        ["scale"],
        ["value", "values", "edges", "counts", "densities", "xs", "ys", "zs", "histogram", "histograms", "scatters"],
        ["rlStep"],
        ["episode", "episodes"],
        ["environment", "environments"],
        ["step", "steps"],
        ["bins", "stats", "titles", "width", "where"],
        ["labels"],
        ["timestamp", "timestamps"],
        ["evaluation"],
        ["strategy", "ordered", "distributed", "episodic"],
    ];

    /// <summary>Where a scale stands that can be left out.</summary>
    private const int OptionalScale = 7;

    public static TheoryData<string> Calls
    {
        get
        {
            TheoryData<string> calls = [];
            foreach (MethodInfo method in Methods())
            {
                calls.Add(Name(method));
            }

            return calls;
        }
    }

    [Fact]
    public void The_calls_are_found() => Methods().Should().HaveCountGreaterThan(60);

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_has_its_parameters_in_the_one_order(string call)
    {
        MethodInfo method = Methods().First(method => Name(method) == call);
        ParameterInfo[] parameters = method.GetParameters();

        foreach (bool optional in new[] { false, true })
        {
            parameters.Where(parameter => parameter.IsOptional == optional && !IsReceiver(parameter)).Select(Rank).Should().BeInAscendingOrder(
                "{0} keeps the order that docs/logger.md tells", call);
        }
    }

    private static IEnumerable<MethodInfo> Methods()
    {
        Type[] types =
        [
            typeof(Run), typeof(RunExtensions), typeof(RunEvaluation), typeof(Series), typeof(RlSeries),
            typeof(Logger), typeof(LogBatch), typeof(Native.Series), typeof(Native.RlSeries),
        ];
        string[] others = ["LogConfig", "LogAttributes", "LogEnvironmentAttributes"];
        return types.SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.StartsWith("Log", StringComparison.Ordinal)
                || method.Name.StartsWith("Add", StringComparison.Ordinal)
                || method.Name is "Series" or "RlSeries" or "GetLastStep" or "GetSeriesLastStep")
            .Where(method => !others.Contains(method.Name) && !method.IsSpecialName)
            // One step for several metrics comes first, because they are listed to the end.
            .Where(method => !method.GetParameters().Any(parameter => parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(System.Runtime.CompilerServices.ParamCollectionAttribute))))
            // A batch brings its own parameters along.
            .Where(method => method.GetParameters() is not [{ Name: "batch" }, ..]);
    }

    [Fact]
    public void Environments_that_have_to_be_given_come_right_before_their_episodes()
    {
        foreach (MethodInfo method in Methods())
        {
            string[] names = [.. method.GetParameters().Select(parameter => parameter.Name!)];
            if (names.Contains("environments") && names.Contains("episodes"))
            {
                names.Should().ContainInConsecutiveOrder(["rlStep", "environments", "episodes"], "{0} is one of the calls for many environments", Name(method));
            }
        }
    }

    /// <summary>What an extension is called on.</summary>
    private static bool IsReceiver(ParameterInfo parameter) =>
        parameter.Position == 0 && parameter.Member.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute));

    private static int Rank(ParameterInfo parameter)
    {
        if (parameter is { Name: "scale", IsOptional: true })
        {
            return OptionalScale;
        }

        int rank = Array.FindIndex(_order, names => names.Contains(parameter.Name));
        return rank < 0 ? throw new InvalidOperationException($"'{parameter.Name}' has no place in the order: give it one here.") : rank;
    }

    private static string Name(MethodInfo method) =>
        $"{method.DeclaringType!.FullName}.{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => $"{parameter.ParameterType.Name} {parameter.Name}"))})";
}
