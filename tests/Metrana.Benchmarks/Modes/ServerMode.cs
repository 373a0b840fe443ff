using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Database;
using Benchmarks.Results;

namespace Benchmarks.Modes;

/// <summary>What the local server's database does with points: takes them in, packs them, reads them, and starts on them.</summary>
internal sealed record ServerMode
{
    public const string Burst = "burst";
    public const string Sustained = "sustained";
    public const string Disk = "disk";
    public const string Read = "read";
    public const string Start = "start";

    /// <summary>What is measured, by the name that it has in the result.</summary>
    public IReadOnlyDictionary<string, IDatabasePart> Parts { get; init; } = new Dictionary<string, IDatabasePart>();

    /// <summary>Where the data directories are made.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>The file of the result. What it has of other parts stays, and each part is written as soon as it was measured.</summary>
    public string? Json { get; init; }

    public static Command Command()
    {
        Command command = new("server", "The local server's database: bursts and a steady load, disk, reading, starting; each with a directory on disk");
        string[] names = [Burst, Sustained, Disk, Read, Start];
        Option<string[]> only = new("--only") { Description = $"Measure these parts only: {string.Join(", ", names)}", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong(names);
        command.Options.Add(only);
        Option<string> folder = new("--folder")
        {
            Description = "Where the data directories are made, and removed again",
            DefaultValueFactory = _ => Path.GetTempPath(),
        };
        folder.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Directory.Exists(token.Value))
            {
                result.AddError($"There is no directory {token.Value}.");
            }
        });
        command.Options.Add(folder);
        Option<int> bursts = Arguments.Count(command, "--bursts", "burst: how many bursts are measured", 20);
        Option<int> rate = Arguments.Count(command, "--rate", "sustained and start: millions of points a second", 5);
        Option<double> seconds = Arguments.Seconds(command, "--seconds", "sustained: how long", 600);
        Option<int> points = Arguments.Count(command, "--points", "disk: points of each data set", 4_000_000, least: 1000);
        Option<int> rounds = Arguments.Count(command, "--rounds", "read: how often each question is asked", 20);
        Option<double> gib = new("--gib") { Description = "start: how large the database is, in GiB", DefaultValueFactory = _ => 10 };
        command.Options.Add(gib);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.GuardAsync(async () =>
        {
            Dictionary<string, IDatabasePart> parts = new(StringComparer.Ordinal)
            {
                [Burst] = new CommittedBursts { Bursts = parsed.GetValue(bursts) },
                [Sustained] = new SteadyLoad { Rate = parsed.GetValue(rate), Seconds = parsed.GetValue(seconds) },
                [Disk] = new DiskUse { Points = parsed.GetValue(points) },
                [Read] = new Reading { Rounds = parsed.GetValue(rounds) },
                [Start] = new Starting { Gib = parsed.GetValue(gib), Rate = parsed.GetValue(rate) },
            };
            string[] wanted = parsed.GetValue(only) is { Length: > 0 } some ? some : names;
            ServerMode mode = new()
            {
                Parts = parts.Where(part => wanted.Contains(part.Key)).ToDictionary(),
                Folder = OnDisk(parsed.GetRequiredValue(folder)),
                Json = parsed.GetValue(json),
            };
            await mode.RunAsync();
        }));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        JsonObject content = Json is not null && File.Exists(Json)
            ? JsonNode.Parse(await File.ReadAllTextAsync(Json)) as JsonObject ?? throw new JsonException($"{Json} holds no object.")
            : new JsonObject { ["mode"] = "server" };
        foreach ((string name, IDatabasePart part) in Parts)
        {
            Machine machine = Machine.This;
            content[name] = ResultJson.Of(new { Machine = machine }, await part.MeasureAsync(Folder));
            ResultJson.Write(content, Json);
        }

        return content;
    }

    /// <summary>A folder in memory acknowledges at once, and nothing of it would survive a power failure.</summary>
    private static string OnDisk(string folder) => new DriveInfo(Path.GetFullPath(folder)).DriveFormat is "tmpfs" or "ramfs"
        ? throw new IOException($"{folder} lies in memory; name a folder on a disk with --folder.")
        : folder;
}
