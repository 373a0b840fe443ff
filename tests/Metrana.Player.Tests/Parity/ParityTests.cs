using System.Reflection;
using System.Text.RegularExpressions;
using FluentAssertions;
using Metrana.Native;
using Xunit;

namespace Metrana.Player.Tests.Parity;

/// <summary>
/// Holds docs/parity.md, docs/parity-client.md and docs/parity-telemetry.md against the code: what they call ours is there, and its tests
/// say that they prove it. The rows of docs/failures.md have tests in the same way.
/// </summary>
public sealed partial class ParityTests
{
    private static readonly IReadOnlyList<ParityRow> _engines = ParityTable.Read(ParityTable.Engines);

    /// <summary>Those of libraries that the tests here do not load.</summary>
    private static readonly IReadOnlyList<ParityRow> _others = [.. ParityTable.Read(ParityTable.Client), .. ParityTable.Read(ParityTable.Telemetry)];

    private static readonly IReadOnlyList<ParityRow> _rows = [.. _engines, .. _others];

    private static readonly IReadOnlyList<ParityRow> _failures = ParityTable.ReadFailures();

    private static readonly IReadOnlyList<ParityRow> _all = [.. _rows, .. _failures];

    private static readonly IReadOnlyList<ParityProof> _proofs = [.. CSharpProofs.Read(), .. RustProofs.Read()];

    [Fact]
    public void There_are_rows_of_every_kind()
    {
        _rows.GroupBy(row => row.Table).ToDictionary(table => table.Key, table => table.Count()).Should().Contain(
            table => table.Key == "Functions" && table.Value > 30).And.Contain(
            table => table.Key == "Options of a logger" && table.Value > 35).And.Contain(
            table => table.Key == "Counters" && table.Value > 30).And.Contain(
            table => table.Key == "Exceptions" && table.Value == 14).And.Contain(
            table => table.Key == "What is logged" && table.Value > 25).And.Contain(
            table => table.Key == "Delivery" && table.Value > 15);
        _rows.Should().OnlyContain(row => row.IsLater ? row.Ours == "-" : row.Tests!.Count > 0);
        _failures.Should().HaveCountGreaterThan(20);
    }

    [Fact]
    public void Every_row_has_its_test_and_every_test_its_row() => ParityCheck.Breaches(_all, _proofs).Should().BeEmpty();

    [Fact]
    public void Every_name_of_ours_exists()
    {
        var missing = _engines.SelectMany(row => OurName().Matches(row.Ours).Where(name => !IsOurs(name))
            .Select(name => $"{row.Published}: {name.Value}"));
        var undeclared = _others.SelectMany(row => OurName().Matches(row.Ours).Where(name => !DeclaredNames.Has(name.Groups["name"].Value))
            .Select(name => $"{row.Published}: {name.Value}"));

        missing.Concat(undeclared).Should().BeEmpty();
    }

    [Fact]
    public void No_option_and_no_counter_of_ours_is_forgotten()
    {
        string[] beyond = ["LoggerConfig.MsgLinger", "LoggerConfig.ExtraCaPem", "LoggerConfig.LoggerFactory"];
        var told = _engines.SelectMany(row => OurName().Matches(row.Ours).Select(name => name.Groups["name"].Value)).ToHashSet();
        var options = typeof(LoggerConfig).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite).Select(property => $"LoggerConfig.{property.Name}");
        var kinds = typeof(Metrics).GetProperties().Where(property => property.PropertyType == typeof(KindMetrics))
            .Select(property => $"Metrics.{property.Name}");
        var exceptions = typeof(Logger).Assembly.GetExportedTypes()
            .Where(type => typeof(MetranaException).IsAssignableFrom(type)).Select(type => type.Name);

        options.Concat(kinds).Concat(exceptions).Except(beyond).Except(told).Should().BeEmpty();
    }

    [Fact]
    public void Each_proof_that_goes_is_missed()
    {
        // The rows of docs/failures.md name no tests: what is missed there is the last one.
        foreach (var gone in _proofs.Where(proof => !_failures.Any(row => row.Id == proof.Id)))
        {
            ParityCheck.Breaches(_rows.Where(row => row.Id == gone.Id).ToList(), _proofs.Where(proof => proof.Id == gone.Id && proof != gone).ToList())
                .Should().Contain(breach => breach.StartsWith(gone.Id, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Each_row_that_goes_is_missed()
    {
        foreach (var gone in _all.Where(row => !row.IsLater))
        {
            var proofs = _proofs.Where(proof => proof.Id == gone.Id).ToList();
            ParityCheck.Breaches([], proofs).Should().HaveCount(proofs.Count)
                .And.OnlyContain(breach => breach.EndsWith($"there is no row '{gone.Id}'", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("""[Fact] [ParityRow("name/length", "256 bytes")] public void Limits() => Check("256 bytes");""", "")]
    [InlineData("""[Fact] [ParityRow("name/length", "256 bytes")] public void Limits() => Helper(); void Helper() => Check("256 bytes");""", "")]
    [InlineData("""[Fact] [ParityRow("name/length", "256 bytes")] public void Limits() => Check("255 bytes");""", "nothing in it says '256 bytes'")]
    [InlineData("""[Fact] [ParityRow("name/length", "bytes")] public void Limits() {}""", "nothing in it says 'bytes'")]
    [InlineData("""[Fact] [ParityRow("name/length", "256 runes")] public void Limits() => Check("256 runes");""", "does not say '256 runes'")]
    [InlineData("""[Fact] [ParityRow("name/length")] public void Limits() => Check("256 bytes");""", "has no word of")]
    [InlineData("""[Fact] [ParityRow("name/breadth", "256")] public void Limits() => Check("256 bytes");""", "there is no row 'name/breadth'")]
    [InlineData("""[ParityRow("name/length", "256")] public void Limits() => Check("256 bytes");""", "is no test")]
    [InlineData("""[Fact] public void Limits() => Check("256 bytes");""", "no test says that it proves it")]
    [InlineData("""[Fact] [ParityRow("name/length", "256")] public void Others() => Check("256 bytes");""", "does not name N.T.Others")]
    public void A_proof_that_proves_nothing_would_be_found(string method, string breach)
    {
        ParityRow[] rows = [new("Rules", "name/length", "a name has 256 bytes", "the same", "a name has 256 bytes", IsLater: false, ["N.T.Limits"])];

        var breaches = ParityCheck.Breaches(rows, CSharpProofs.Of($"namespace N; class T {{ {method} }}").ToList()).ToList();

        (breach.Length == 0 ? breaches.Count == 0 : breaches.Exists(told => told.Contains(breach, StringComparison.Ordinal)))
            .Should().BeTrue(string.Join('\n', breaches));
    }

    [Theory]
    [InlineData("""<a id="queue-full"></a>the queue is full""", """[Fact] [ParityRow("failures/queue-full", "dropped")] public void Full() => Check("dropped");""", "")]
    [InlineData("""<a id="queue-full"></a>the queue is full""", """[Fact] public void Full() => Check("dropped");""", "failures/queue-full: no test says that it proves it")]
    [InlineData("the queue is full", """[Fact] [ParityRow("failures/queue-full", "dropped")] public void Full() => Check("dropped");""", "there is no row 'failures/queue-full'")]
    [InlineData("the queue is full", "", "failures/: no test says that it proves it")]
    [InlineData("""<a id="queue-full"></a>the queue is full""", """[Fact] [ParityRow("failures/queue-full", "sent")] public void Full() => Check("sent");""", "does not say 'sent'")]
    public void A_failure_that_no_test_proves_would_be_found(string happens, string method, string breach)
    {
        string[] page = ["| what happens | what the run does |", "|---|---|", $"| {happens} | its points are dropped |", "", "More."];

        var breaches = ParityCheck.Breaches(ParityTable.FailuresIn(page).ToList(), CSharpProofs.Of($"namespace N; class T {{ {method} }}").ToList()).ToList();

        (breach.Length == 0 ? breaches.Count == 0 : breaches.Exists(told => told.Contains(breach, StringComparison.Ordinal)))
            .Should().BeTrue(string.Join('\n', breaches));
    }

    [Theory]
    [InlineData("// Parity: name/length: 256, bytes\n#[test]\nfn limits() {\n    helper();\n}\n\nfn helper() {\n    check(256, \"bytes\");\n}\n", "")]
    [InlineData("// Parity: name/length: 256, bytes\n#[test]\nfn limits() {\n}\n\n#[test]\nfn others() {\n    check(256, \"bytes\");\n}\n", "nothing in it says '256'")]
    [InlineData("// Parity: name/length: 256\nfn limits() {\n    check(256);\n}\n", "is no test")]
    [InlineData("#[test]\nfn limits() {\n    check(256);\n}\n", "no test says that it proves it")]
    public void A_native_proof_that_proves_nothing_would_be_found(string source, string breach)
    {
        ParityRow[] rows = [new("Rules", "name/length", "a name has 256 bytes", "the same", "a name has 256 bytes", IsLater: false, ["cargo: c m::limits"])];

        var breaches = ParityCheck.Breaches(rows, RustProofs.Of("c", "m", source).ToList()).ToList();

        (breach.Length == 0 ? breaches.Count == 0 : breaches.Exists(told => told.Contains(breach, StringComparison.Ordinal)))
            .Should().BeTrue(string.Join('\n', breaches));
    }

    private static bool IsOurs(Match name)
    {
        var parts = name.Groups["name"].Value.Split('.');
        var type = typeof(Logger).Assembly.GetExportedTypes().SingleOrDefault(type => type.Name == parts[0])
            ?? (parts[0] == "LogLevel" ? typeof(Microsoft.Extensions.Logging.LogLevel) : null);
        return parts[0] is "ArgumentException" or "ArgumentOutOfRangeException"
            || (type is not null && parts.Skip(1).All(member => type.GetMember(member).Length > 0));
    }

    /// <summary>A type or a member of it, with what stands behind in brackets.</summary>
    [GeneratedRegex(@"`(?<name>[A-Z]\w+(\.[A-Z]\w+)?)(\([^`]*\))?`")]
    private static partial Regex OurName();
}
