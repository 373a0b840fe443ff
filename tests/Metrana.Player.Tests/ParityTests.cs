using System.Reflection;
using System.Text.RegularExpressions;
using FluentAssertions;
using Metrana.Native;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>Holds docs/parity.md against the code: what it calls ours is there, and so are the tests that it names.</summary>
public sealed partial class ParityTests
{
    private static readonly string _root = FindRoot();

    private static readonly IReadOnlyList<Row> _rows = [.. ReadRows()];

    private static readonly IReadOnlyList<string> _projects =
        [.. Directory.EnumerateDirectories(Path.Combine(_root, "tests")).Select(path => Path.GetFileName(path))];

    [Fact]
    public void There_are_rows_of_every_kind()
    {
        _rows.GroupBy(row => row.Table).ToDictionary(table => table.Key, table => table.Count()).Should().Contain(
            table => table.Key == "Functions" && table.Value > 30).And.Contain(
            table => table.Key == "Options of a logger" && table.Value > 35).And.Contain(
            table => table.Key == "Counters" && table.Value > 30).And.Contain(
            table => table.Key == "Exceptions" && table.Value == 14);
        _rows.Should().OnlyContain(row => row.IsLater ? row.Ours == "-" : row.Tests.Count > 0);
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var missing = _rows.SelectMany(row => row.Tests.Where(test => !Exists(test)).Select(test => $"{row.Published}: {test}"));

        missing.Should().BeEmpty();
    }

    [Fact]
    public void Every_name_of_ours_exists()
    {
        var missing = _rows.SelectMany(row => OurName().Matches(row.Ours).Where(name => !IsOurs(name))
            .Select(name => $"{row.Published}: {name.Value}"));

        missing.Should().BeEmpty();
    }

    [Fact]
    public void No_option_and_no_counter_of_ours_is_forgotten()
    {
        string[] beyond = ["LoggerConfig.MsgLinger", "LoggerConfig.ExtraCaPem", "LoggerConfig.LoggerFactory"];
        var told = _rows.SelectMany(row => OurName().Matches(row.Ours).Select(name => name.Groups["name"].Value)).ToHashSet();
        var options = typeof(LoggerConfig).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite).Select(property => $"LoggerConfig.{property.Name}");
        var kinds = typeof(Metrics).GetProperties().Where(property => property.PropertyType == typeof(KindMetrics))
            .Select(property => $"Metrics.{property.Name}");
        var exceptions = typeof(Logger).Assembly.GetExportedTypes()
            .Where(type => typeof(MetranaException).IsAssignableFrom(type)).Select(type => type.Name);

        options.Concat(kinds).Concat(exceptions).Except(beyond).Except(told).Should().BeEmpty();
    }

    [Fact]
    public void A_test_that_is_not_there_would_be_found()
    {
        Exists("Metrana.Player.Tests.ParityTests.Every_test_that_is_named_exists").Should().BeTrue();
        Exists("cargo: metrana-ingestion-logger names::validate::tests::names_have_limits_in_bytes").Should().BeTrue();

        Exists("Metrana.Player.Tests.ParityTests.Exists").Should().BeFalse("it is no test");
        Exists("Metrana.Player.Tests.PlayTests.Every_test_that_is_named_exists").Should().BeFalse("it is another class's");
        Exists("Metrana.Nowhere.Tests.A.B").Should().BeFalse();
        Exists("cargo: metrana-ingestion-logger names::validate::tests::metric").Should().BeFalse("it is no test");
        Exists("cargo: metrana-ingestion-logger config::tests::names_have_limits_in_bytes").Should().BeFalse("it is another module's");
        Exists("cargo: metrana-nowhere a::b").Should().BeFalse();
    }

    private static bool Exists(string test) => test.StartsWith("cargo: ", StringComparison.Ordinal)
        ? ExistsInCargo(test["cargo: ".Length..])
        : ExistsInProject(test);

    private static bool ExistsInProject(string test)
    {
        var project = _projects.Where(name => test.StartsWith($"{name}.", StringComparison.Ordinal)).MaxBy(name => name.Length);
        var parts = test.Split('.');
        var (type, method) = (parts[^2], Regex.Escape(parts[^1]));
        return project is not null && Sources(Path.Combine("tests", project), $"{type}*.cs")
            .Where(source => Regex.IsMatch(source, $@"\bclass {Regex.Escape(type)}\b"))
            .Any(source => Regex.IsMatch(source, $@"^ *\[(Fact|Theory)\b[^\n]*\n( *[\[""+)][^\n]*\n)*? *public [^\n=]*\b{method}\(", RegexOptions.Multiline));
    }

    private static bool ExistsInCargo(string test)
    {
        if (test.Split(' ') is not [var crate, var path] || path.Split("::") is not [.. var modules, var function])
        {
            return false;
        }

        // A module is a file of its name; its inner module of tests may be in it.
        string[] files = [string.Join('/', modules), .. modules[^1] == "tests" ? [string.Join('/', modules[..^1])] : Array.Empty<string>()];
        return files.SelectMany(file => new[] { $"src/{file}.rs", $"src/{file}/mod.rs", $"tests/{file}.rs", $"tests/{file}/main.rs" })
            .Select(file => Path.Combine(_root, "native", crate, file))
            .Where(File.Exists)
            .Any(file => Regex.IsMatch(
                File.ReadAllText(file),
                $@"^ *#\[(tokio::)?test\b[^\n]*\n( *#[^\n]*\n)* *(async )?fn {Regex.Escape(function)}\(",
                RegexOptions.Multiline));
    }

    private static IEnumerable<string> Sources(string folder, string pattern)
    {
        var path = Path.Combine(_root, folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)
                .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Select(File.ReadAllText)
            : [];
    }

    private static bool IsOurs(Match name)
    {
        var parts = name.Groups["name"].Value.Split('.');
        var type = typeof(Logger).Assembly.GetExportedTypes().SingleOrDefault(type => type.Name == parts[0])
            ?? (parts[0] == "LogLevel" ? typeof(Microsoft.Extensions.Logging.LogLevel) : null);
        return parts[0] is "ArgumentException" or "ArgumentOutOfRangeException"
            || (type is not null && parts.Skip(1).All(member => type.GetMember(member).Length > 0));
    }

    private static IEnumerable<Row> ReadRows()
    {
        var table = "";
        foreach (var line in File.ReadLines(Path.Combine(_root, "docs", "parity.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                table = line[3..];
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| proof |", StringComparison.Ordinal))
            {
                string[] cells = [.. Cell().Split(line).Select(cell => cell.Trim())];
                var proof = cells[^2];
                yield return new Row(
                    table,
                    cells[1],
                    cells[^3],
                    proof == "later",
                    [.. Code().Matches(proof).Select(code => code.Groups["code"].Value)]);
            }
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Metrana.Native.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run inside a checkout, and this is none.");
    }

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Cell();

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Code();

    /// <summary>A type or a member of it, with what stands behind in brackets.</summary>
    [GeneratedRegex(@"`(?<name>[A-Z]\w+(\.[A-Z]\w+)?)(\([^`]*\))?`")]
    private static partial Regex OurName();

    /// <summary>A row of a table.</summary>
    private sealed record Row(string Table, string Published, string Ours, bool IsLater, IReadOnlyList<string> Tests);
}
