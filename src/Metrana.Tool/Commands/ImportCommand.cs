using System.CommandLine;
using Metrana.Server;
using Metrana.Tool.Importing;
using Metrana.Tool.Importing.Parquet;
using Metrana.Tool.Importing.TensorBoard;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana import</c>: runs from CSV, JSON lines, Parquet or TensorBoard's event files.</summary>
internal sealed class ImportCommand : ServerCommand
{
    private const string Workspace = "local";
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    private readonly Argument<string> _file = new("file") { Description = "A file, or a folder of TensorBoard's event files or of Parquet" };
    private readonly Option<string?> _format;
    private readonly Option<string?> _project;
    private readonly Option<string?> _name;
    private readonly Option<bool> _resume;
    private readonly Option<int> _stepMultiplier;

    public ImportCommand(ToolHost host)
        : base(host, "import", "Read runs from CSV, JSON lines, Parquet or TensorBoard's event files")
    {
        Arguments.Add(_file);
        _format = Optional<string>("--format", "csv, jsonl, parquet or tensorboard [default: what the file's name says]", "-f");
        _format.AcceptOnlyFromAmong("csv", "jsonl", "parquet", "tensorboard");
        _project = Optional<string>("--project", "The project that the runs go to [default: that of the file, else 'imported']", "-p");
        _name = Optional<string>("--name", "What the run is called, where the file holds one [default: after the file]", "-n");
        _resume = Option("--resume", "Go on with a run that is there, instead of refusing", false);
        _stepMultiplier = Option("--step-multiplier", "What steps of neptune-exporter are multiplied with, where they are no whole numbers", 1);
        Does(ImportAsync);
    }

    private async Task ImportAsync(ToolSession session, CancellationToken cancellationToken)
    {
        var file = session.Value(_file);
        if (!File.Exists(file) && !Directory.Exists(file))
        {
            throw ToolException.NotFound($"There is no '{file}' to import.");
        }

        var source = new StorableNames(Source(file, session.Value(_format), Multiplier(session)));
        var survey = Survey(session, source, cancellationToken);
        if (survey.Runs.Count == 0)
        {
            throw ToolException.Usage($"There is nothing to import in '{file}'.");
        }

        if (session.Value(_name) is not null && survey.Runs.Count > 1)
        {
            throw ToolException.Usage($"--name is for one run, and '{file}' holds {survey.Runs.Count}: leave it out.");
        }

        await using var server = await session.ConnectOrStartAsync(cancellationToken);
        var places = survey.Runs.ToDictionary(run => run, run => Place(session, file, run));
        if (!session.Value(_resume))
        {
            await RefuseTakenAsync(server, places.Values, cancellationToken);
        }

        var runs = await WriteAsync(session, server, source, survey, places, cancellationToken);
        session.Answer(
            new { File = file, Runs = runs, survey.Series, survey.Points, source.Notes },
            console =>
            {
                foreach (var run in runs)
                {
                    console.Output.WriteLine(Plain.Line($"{run.Project}/{run.RunName} ({run.Id}): {Figures.Of(run.Points)} points"));
                }
            });
        foreach (var note in source.Notes)
        {
            session.Tell(note);
        }
    }

    private int Multiplier(ToolSession session) => session.Value(_stepMultiplier) is > 0 and var multiplier
        ? multiplier
        : throw ToolException.Usage("--step-multiplier is a whole number from 1 on.");

    private static IImportSource Source(string file, string? format, int stepMultiplier) => format switch
    {
        "csv" => new CsvImport(file),
        "jsonl" => new JsonlImport(file),
        "parquet" => new ParquetImport(file, stepMultiplier),
        "tensorboard" => new TensorBoardImport(file),
        _ when TensorBoardImport.IsOne(file) => new TensorBoardImport(file),
        _ when ParquetImport.IsOne(file) => new ParquetImport(file, stepMultiplier),
        _ => Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".CSV" or ".TSV" => new CsvImport(file),
            ".JSONL" or ".NDJSON" => new JsonlImport(file),
            _ => throw ToolException.Usage($"The name of '{file}' does not say what is in it: give --format csv, jsonl, parquet or tensorboard."),
        },
    };

    private static ImportSurvey Survey(ToolSession session, StorableNames source, CancellationToken cancellationToken)
    {
        var survey = new ImportSurvey();
        using var progress = Progress.Start(session.Console, "reading", () => $"{Figures.Of(survey.Points)} points");
        foreach (var item in source.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            survey.Note(item);
        }

        return survey;
    }

    private (string Project, string Name) Place(ToolSession session, string file, string run)
    {
        var slash = run.IndexOf('/', StringComparison.Ordinal);
        var project = session.Value(_project) ?? (slash > 0 ? run[..slash] : "imported");
        var name = session.Value(_name) ?? (run.Length == 0 ? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(file))) : run[(slash + 1)..]);
        return name.Length > 0
            ? (project, name)
            : throw ToolException.Usage($"The run '{run}' of '{file}' has no name: give --name.");
    }

    private static async Task RefuseTakenAsync(
        LocalServer server, IEnumerable<(string Project, string Name)> places, CancellationToken cancellationToken)
    {
        foreach (var (project, name) in places)
        {
            if (await server.FindRunAsync(name, Workspace, project, cancellationToken) is not null)
            {
                throw new ToolException($"There is a run {project}/{name} already: give another --name or --project, or --resume to go on with it.");
            }
        }
    }

    private async Task<List<ImportedRun>> WriteAsync(
        ToolSession session,
        LocalServer server,
        StorableNames source,
        ImportSurvey survey,
        Dictionary<string, (string Project, string Name)> places,
        CancellationToken cancellationToken)
    {
        Dictionary<string, RunWriter> writers = new(StringComparer.Ordinal);
        long done = 0;
        try
        {
            using (Progress.Start(session.Console, "importing", () => $"{Figures.Of(Interlocked.Read(ref done))} of {Figures.Of(survey.Points)} points"))
            {
                foreach (var item in source.Read())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!writers.TryGetValue(item.Run, out var writer))
                    {
                        var (project, name) = places[item.Run];
                        writer = new RunWriter(await StartAsync(session, server, project, name, cancellationToken), item.Run, survey);
                        writers.Add(item.Run, writer);
                    }

                    writer.Write(item);
                    Interlocked.Add(ref done, item.IsPoint ? 1 : 0);
                }

                foreach (var writer in writers.Values)
                {
                    writer.Finish();
                    await writer.Run.CloseAsync();
                }
            }
        }
        catch
        {
            foreach (var writer in writers.Values)
            {
                writer.Run.Fail("The import was cut off.");
                await writer.Run.DisposeAsync();
                session.Tell($"{writer.Run} holds what was imported until then: 'metrana delete {writer.Run}' removes it.");
            }

            throw;
        }

        List<ImportedRun> runs = [];
        foreach (var (key, writer) in writers)
        {
            var delivery = writer.Run.Delivery;
            if (delivery.Dropped > 0 || delivery.Pending > 0)
            {
                throw new ToolException(
                    $"Of {writer.Run}, {delivery.Dropped + delivery.Pending} of {delivery.Added} points did not arrive. Delete the run and import it again.");
            }

            var (project, name) = places[key];
            runs.Add(new ImportedRun(writer.Run.Id, project, name, writer.Points));
        }

        return runs;
    }

    private Task<Run> StartAsync(ToolSession session, LocalServer server, string project, string name, CancellationToken cancellationToken) =>
        Metrana.Run.StartAsync(
            new RunOptions
            {
                Project = project,
                Name = name,
                Workspace = Workspace,
                Endpoint = server.Endpoint,
                ApiKey = server.ApiKey,
                Resume = session.Value(_resume) ? ResumeStrategy.Allow : ResumeStrategy.Never,
                Backpressure = BackpressureStrategy.Block,
                Disabled = false,
                LogGitCommit = false,
                LogProcessFacts = ProcessFacts.None,
                LogSystemMetrics = false,
                Print = false,
                CloseTimeout = _patience,
            },
            cancellationToken);

    private sealed record ImportedRun(string Id, string Project, string RunName, long Points);
}
