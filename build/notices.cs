#:property RestorePackagesWithLockFile=false
// What others wrote that is inside the packages: writes THIRD-PARTY-NOTICES.txt, with every licence as its authors wrote it,
// and bom.cdx.json, the bill of materials (CycloneDX). Fails when a licence is not among those that may be given on.
//
//   dotnet run build/notices.cs -- DIR [VERSION]      in the repository's root
//
// It asks cargo for the crates that are linked into the library and the server's program, on whatever platform, and npm's
// lock file for what is bundled into the page (`npm ci` has to have run there).
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

// MPL-2.0 asks that its files stay to be had as they are: they are unchanged, and the notices say where they come from.
string[] allowed =
[
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CDLA-Permissive-2.0", "ISC", "LLVM-exception", "MIT",
    "MIT-0", "MPL-2.0", "Unicode-3.0", "Unlicense", "Zlib",
];
const string Page = "native/metrana-server/page";
if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("usage: dotnet run build/notices.cs -- DIR [VERSION]");
    return 2;
}

string output = args[0];
string version = args.ElementAtOrDefault(1) ?? "0.0.0";
List<Component> components = [.. Crates(), .. PagePackages()];
components.Sort((a, b) => string.CompareOrdinal($"{a.Name} {a.Version}", $"{b.Name} {b.Version}"));

List<string> problems = [];
foreach (Component one in components)
{
    if (!MayBeGivenOn(one.Licence))
    {
        problems.Add($"{one.Name} {one.Version} is under '{one.Licence}', which is not among the licences of build/notices.cs");
    }

    if (one.Texts.Count == 0)
    {
        Console.Error.WriteLine($"note: {one.Name} {one.Version} ({one.Licence}) comes without a text of its licence");
    }
}

if (problems.Count > 0)
{
    problems.ForEach(Console.Error.WriteLine);
    return 1;
}

Directory.CreateDirectory(output);
File.WriteAllText(Path.Combine(output, "THIRD-PARTY-NOTICES.txt"), Notices());
File.WriteAllText(Path.Combine(output, "bom.cdx.json"), Bill());
Console.WriteLine($"notices: {components.Count} components, {components.SelectMany(one => one.Texts).Distinct().Count()} texts of licences");
return 0;

// With alternatives one has to be allowed, of what holds together all. An exception is named like a licence.
bool MayBeGivenOn(string expression) => expression.Length > 0 && expression.Replace("/", " OR ", StringComparison.Ordinal)
    .Split(" AND ").All(part => part.Split(" OR ").Any(one =>
        one.Split(" WITH ").All(name => allowed.Contains(name.Trim(' ', '(', ')')))));

IEnumerable<Component> Crates()
{
    // On the platforms that there are packages for: some crates bring others along for systems of which there is none.
    IEnumerable<string> platforms = Regex.Matches(File.ReadAllText("build/rids.props"), "RustTarget=\"([^\"]+)\"")
        .SelectMany(match => new[] { "--filter-platform", match.Groups[1].Value });
    JsonNode metadata = JsonNode.Parse(Output("cargo", ["metadata", "--locked", "--format-version", "1", .. platforms]))!;
    Dictionary<string, JsonNode> packages = metadata["packages"]!.AsArray().ToDictionary(one => (string)one!["id"]!, one => one!);
    Dictionary<string, JsonNode> nodes = metadata["resolve"]!["nodes"]!.AsArray().ToDictionary(one => (string)one!["id"]!, one => one!);
    Queue<string> open = new(packages.Where(one => (string)one.Value["name"]! is "metrana-capi" or "metrana-server").Select(one => one.Key));
    HashSet<string> seen = [.. open];
    while (open.TryDequeue(out string? id))
    {
        JsonNode package = packages[id];
        // What runs inside the compiler is not linked, and neither is what only it needs.
        if (package["targets"]!.AsArray().Any(target => target!["kind"]!.AsArray().Any(kind => (string)kind! == "proc-macro")))
        {
            continue;
        }

        if (package["source"] is not null)
        {
            string folder = Path.GetDirectoryName((string)package["manifest_path"]!)!;
            string name = (string)package["name"]!;
            yield return new Component(
                "crate", name, (string)package["version"]!, $"pkg:cargo/{name}@{(string)package["version"]!}",
                (string?)package["license"] ?? "", (string?)package["repository"], Texts(folder));
        }

        foreach (JsonNode? dependency in nodes[id]["deps"]!.AsArray())
        {
            bool linked = dependency!["dep_kinds"]!.AsArray().Any(kind => kind!["kind"] is null);
            if (linked && seen.Add((string)dependency["pkg"]!))
            {
                open.Enqueue((string)dependency["pkg"]!);
            }
        }
    }
}

IEnumerable<Component> PagePackages()
{
    JsonNode locked = JsonNode.Parse(File.ReadAllText($"{Page}/package-lock.json"))!["packages"]!;
    foreach ((string path, JsonNode? package) in locked.AsObject())
    {
        if (path.Length == 0 || (bool?)package!["dev"] == true)
        {
            continue;
        }

        string folder = $"{Page}/{path}";
        if (!Directory.Exists(folder))
        {
            throw new InvalidOperationException($"{folder} does not exist: run 'npm ci' in {Page} first.");
        }

        string name = path[(path.LastIndexOf("node_modules/", StringComparison.Ordinal) + "node_modules/".Length)..];
        JsonNode own = JsonNode.Parse(File.ReadAllText($"{folder}/package.json"))!;
        JsonNode? repository = own["repository"];
        yield return new Component(
            "npm package", name, (string)package!["version"]!, $"pkg:npm/{name.Replace("@", "%40", StringComparison.Ordinal)}@{(string)package["version"]!}",
            (string?)own["license"] ?? "", repository is JsonValue ? (string?)repository : (string?)repository?["url"], Texts(folder));
    }
}

// Its own, and those of the C sources that some crates bring along, two folders down at most.
static List<string> Texts(string folder)
{
    EnumerationOptions options = new() { RecurseSubdirectories = true, MaxRecursionDepth = 2, MatchCasing = MatchCasing.CaseInsensitive };
    return [.. Directory.EnumerateFiles(folder, "*", options)
        .Where(file => Regex.IsMatch(Path.GetFileName(file), @"^(LICEN[CS]E|COPYING|COPYRIGHT|NOTICE|UNLICENSE)([-._].*)?$", RegexOptions.IgnoreCase))
        .Where(file => !Regex.IsMatch(file, @"\.(rs|c|h|py|sh|html)$"))
        .Order(StringComparer.Ordinal)
        .Select(file => File.ReadAllText(file).ReplaceLineEndings("\n").Trim())
        .Where(text => text.Length > 0)
        .Distinct()];
}

string Notices()
{
    StringBuilder text = new();
    text.Append("Metrana contains work of others. Each component, its version, its licence and where it comes from:\n\n");
    foreach (Component one in components)
    {
        text.Append($"  {one.Name} {one.Version} ({one.Kind}): {one.Licence}{(one.Repository is null ? "" : $", {one.Repository}")}\n");
    }

    foreach (IGrouping<string, Component> group in components
        .SelectMany(one => one.Texts.Select(licence => (one, licence))).GroupBy(pair => pair.licence, pair => pair.one))
    {
        text.Append($"\n{new string('-', 100)}\n{string.Join(", ", group.Select(one => $"{one.Name} {one.Version}").Distinct())}\n\n{group.Key}\n");
    }

    return text.ToString();
}

// No time and no random number in it: the same sources make the same bill.
string Bill() => new JsonObject
{
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    ["version"] = 1,
    ["metadata"] = new JsonObject
    {
        ["component"] = new JsonObject
        {
            ["type"] = "library",
            ["name"] = "Metrana",
            ["version"] = version,
            ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = "Apache-2.0" } }),
        },
    },
    ["components"] = new JsonArray([.. components.Select(one => new JsonObject
    {
        ["type"] = "library",
        ["bom-ref"] = one.Url,
        ["name"] = one.Name,
        ["version"] = one.Version,
        ["purl"] = one.Url,
        ["licenses"] = new JsonArray(new JsonObject { ["expression"] = one.Licence.Replace("/", " OR ", StringComparison.Ordinal) }),
    })]),
}.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

static string Output(string program, params string[] arguments)
{
    using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
    string text = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
}

internal sealed record Component(
    string Kind, string Name, string Version, string Url, string Licence, string? Repository, List<string> Texts);
