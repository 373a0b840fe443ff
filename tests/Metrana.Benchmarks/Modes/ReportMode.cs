using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Reporting;
using Benchmarks.Results;
using Benchmarks.Serving;

namespace Benchmarks.Modes;

/// <summary>Runs the modes, keeps what they say in docs/performance/figures.json, and writes tables and plots from that.</summary>
internal sealed record ReportMode
{
    public required string Root { get; init; }

    /// <summary>Measures these parts only; of the others the file keeps what it has.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Measures nothing: writes tables and plots from the file.</summary>
    public bool FromFile { get; init; }

    /// <summary>Writes nothing either: says whether the documents are as the file has it.</summary>
    public bool Check { get; init; }

    public double OutageSecs { get; init; } = 60;

    private string FiguresPath => Path.Combine(Root, "docs", "performance", "figures.json");

    /// <summary>What the mode "server" has measured, which takes too long to be a part of this one.</summary>
    private string ServerFiguresPath => Path.Combine(Root, "docs", "performance", "server.json");

    /// <summary>What the mode "callers" has measured.</summary>
    private string CallersPath => Path.Combine(Root, "docs", "performance", "callers.json");

    /// <summary>What the mode "dead-mirror" has measured, which takes minutes of its own as well.</summary>
    private string DeadMirrorPath => Path.Combine(Root, "docs", "performance", "dead-mirror.json");

    public static Command Command()
    {
        Command command = new("report", "Measures everything and writes docs/performance/figures.json, its tables, plots and the README's figures");
        Option<string> root = new("--root") { Description = "The checkout", DefaultValueFactory = _ => Directory.GetCurrentDirectory() };
        Option<string[]> only = new("--only") { Description = $"Measure these parts only: {string.Join(", ", Parts(60).Keys)}", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. Parts(60).Keys]);
        Option<bool> fromFile = new("--from-file") { Description = "Measure nothing, write from the file" };
        Option<bool> check = new("--check") { Description = "Measure and write nothing; exit code 1 when the documents are not as the file has it" };
        command.Options.Add(root);
        command.Options.Add(only);
        command.Options.Add(fromFile);
        command.Options.Add(check);
        Option<double> outage = Arguments.Seconds(command, "--outage-secs", "How long the outage of the memory part lasts", 60);
        command.SetAction((parsed, _) => new ReportMode
        {
            Root = parsed.GetRequiredValue(root),
            Only = parsed.GetValue(only) ?? [],
            FromFile = parsed.GetValue(fromFile),
            Check = parsed.GetValue(check),
            OutageSecs = parsed.GetValue(outage),
        }.RunAsync());
        return command;
    }

    public async Task<int> RunAsync()
    {
        try
        {
            if (!FromFile && !Check)
            {
                await MeasureAsync();
            }

            return Write() ? 0 : 1;
        }
        catch (Exception e) when (e is NotDeliveredException or IOException or JsonException or FormatException)
        {
            await Console.Error.WriteLineAsync($"{e.GetType().Name}: {e.Message}");
            return 1;
        }
    }

    /// <summary>What is measured, by the name that it has in the file: the command line of each.</summary>
    private static SortedDictionary<string, string> Parts(double outageSecs) => new(StringComparer.Ordinal)
    {
        ["floors"] = "floors",
        ["vector_handles"] = "rl-burst --bursts 40 --handles",
        ["vector_names"] = "rl-burst --bursts 40 --names",
        ["vector_floats"] = "rl-burst --bursts 40 --handles --dtype f32",
        ["per_env_handles"] = "rl-burst --bursts 40 --handles --shape per-env",
        ["per_env_names"] = "rl-burst --bursts 40 --names --shape per-env",
        ["scalar_handle"] = "scalar-loop --rounds 40 --handles",
        ["scalar_name_0"] = "scalar-loop --rounds 40 --names --labels 0",
        ["scalar_name"] = "scalar-loop --rounds 40 --names --labels 1",
        ["scalar_name_3"] = "scalar-loop --rounds 40 --names --labels 3",
        ["scalar_handle_8"] = "scalar-loop --rounds 40 --handles --threads 8 --steps 2500",
        ["scalar_name_8"] = "scalar-loop --rounds 40 --names --threads 8 --steps 2500",
        ["column_10000"] = "columns --handles",
        ["client"] = "client",
        ["scaling"] = "scaling",
        ["startup"] = "startup",
        ["close"] = "close",
        ["memory"] = FormattableString.Invariant($"memory --handles --outage-secs {outageSecs}"),
    };

    private async Task MeasureAsync()
    {
        JsonObject content = Only.Count > 0 && File.Exists(FiguresPath) ? Figures.Load(FiguresPath).Content : [];
        if (Only.Count == 0)
        {
            // A part that is measured by itself says where that was, and the others keep what they say.
            content["machine"] = ResultJson.Node(Machine.This);
            content["commit"] = Commit();
        }

        foreach ((string name, string line) in Parts(OutageSecs))
        {
            if (Only.Count == 0 || Only.Contains(name))
            {
                Console.WriteLine($"{name}: {line}");
                content[name] = await ChildProcess.MeasureAsync(line.Split(' '));
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(FiguresPath)!);
        new Figures(content).Save(FiguresPath);
    }

    private bool Write()
    {
        Figures figures = Figures.Load(FiguresPath);
        SortedDictionary<string, string> tables = new Tables(figures).All();
        tables["server"] = ServerTable.Load(ServerFiguresPath).Table();
        tables["server-sets"] = ServerTable.Sets();
        tables["callers"] = CallersTable.Of(CallersPath);
        tables["dead-mirror"] = DeadMirrorTable.Of(DeadMirrorPath);
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string document in (string[])["docs/performance.md", "README.md"])
        {
            string path = Path.Combine(Root, document);
            files[path] = MarkedText.Fill(File.ReadAllText(path), tables);
        }

        foreach ((string name, string svg) in new Plots(figures).All())
        {
            files[Path.Combine(Root, "docs", "performance", name)] = svg;
        }

        bool same = true;
        foreach ((string path, string text) in files)
        {
            if (File.Exists(path) && File.ReadAllText(path) == text)
            {
                continue;
            }

            same = false;
            Console.WriteLine(Check ? $"{path} is not what docs/performance/*.json say; write it with 'report --from-file'." : $"{path} is written.");
            if (!Check)
            {
                File.WriteAllText(path, text);
            }
        }

        return same || !Check;
    }

    private string Commit()
    {
        ProcessStartInfo start = new("git", ["-C", Root, "rev-parse", "--short=12", "HEAD"]) { RedirectStandardOutput = true };
        using Process? git = Process.Start(start);
        return git?.StandardOutput.ReadToEnd().Trim() ?? "unknown";
    }
}
