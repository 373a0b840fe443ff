using System.CommandLine;
using System.Text;
using Metrana.Server;
using Metrana.Tool.Exporting;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana export</c>: runs as CSV, JSON lines or Parquet.</summary>
internal sealed class ExportCommand : ServerCommand
{
    private readonly Argument<string[]> _runs;
    private readonly Option<string?> _format;
    private readonly Option<string?> _out;
    private readonly Option<string[]> _metric;
    private readonly Option<bool> _force;

    public ExportCommand(ToolHost host)
        : base(host, "export", "Write runs as CSV, JSON lines or Parquet")
    {
        _runs = Runs();
        _out = Optional<string>("--out", "The file to write [default: standard output]", "-o");
        _format = Optional<string>("--format", "csv, jsonl or parquet [default: what the file's name says, else csv]", "-f");
        _format.AcceptOnlyFromAmong("csv", "jsonl", "parquet");
        _metric = Option("--metric", SeriesFinder.Help, Array.Empty<string>(), "-m");
        _force = Option("--force", "Replace a file that is there", false);
        Does(ExportAsync);
    }

    private async Task ExportAsync(ToolSession session, CancellationToken cancellationToken)
    {
        var path = session.Value(_out);
        var format = session.Value(_format) ?? (Path.GetExtension(path) is [_, .. var extension] && extension is "jsonl" or "parquet" or "csv"
            ? extension
            : "csv");
        Check(session, path, format);
        await using var server = await session.ConnectAsync(cancellationToken);
        var runs = await RunFinder.FindAsync(server, session.Value(_runs), cancellationToken);
        if (path is null)
        {
            await using var export = format == "jsonl" ? (IExport)new JsonlExport(session.Console.Output) : new CsvExport(session.Console.Output);
            await WriteAsync(session, server, runs, export, cancellationToken);
            return;
        }

        // Under another name until it is whole: nobody takes half an export for one.
        var part = path + ".part";
        Written written;
        try
        {
            await using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write))
            {
                await using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 65_536);
                await using IExport export = format switch
                {
                    "parquet" => await ParquetExport.CreateAsync(stream),
                    "jsonl" => new JsonlExport(text),
                    _ => new CsvExport(text),
                };
                written = await WriteAsync(session, server, runs, export, cancellationToken);
            }

            File.Move(part, path, overwrite: session.Value(_force));
        }
        catch
        {
            File.Delete(part);
            throw;
        }

        var bytes = new FileInfo(path).Length;
        session.Answer(
            new { File = Path.GetFullPath(path), Format = format, Bytes = bytes, Runs = runs.Count, written.Series, written.Points },
            console => console.Output.WriteLine(Plain.Line(
                $"{path}: {Figures.Of(written.Points)} points of {written.Series} series in {runs.Count} runs, {Figures.Bytes(bytes)}")));
    }

    private void Check(ToolSession session, string? path, string format)
    {
        if (path is null && format == "parquet")
        {
            throw ToolException.Usage("Parquet needs a file: give --out FILE.");
        }

        if (path is null && session.Json)
        {
            throw ToolException.Usage("--json tells of a file that was written: give --out FILE, or --format jsonl for the points themselves.");
        }

        if (path is not null && File.Exists(path) && !session.Value(_force))
        {
            throw ToolException.Usage($"'{path}' is there already: give --force to replace it, or another name.");
        }
    }

    private async Task<Written> WriteAsync(
        ToolSession session, LocalServer server, List<StoredRun> runs, IExport export, CancellationToken cancellationToken)
    {
        long points = 0;
        var (series, leftOut) = (0, 0);
        var doing = "";
        using (Progress.Start(session.Console, "exporting", () => $"{Figures.Of(Interlocked.Read(ref points))} points, {Volatile.Read(ref doing)}"))
        {
            foreach (var run in runs)
            {
                if (export.HoldsEverything)
                {
                    await export.RunAsync(run, await server.GetAttributesAsync(run.RunId, cancellationToken));
                }

                var all = await server.GetSeriesAsync(run.RunId, cancellationToken);
                foreach (var one in SeriesFinder.Find(all, session.Value(_metric), [], $"{run.Project}/{run.Name}"))
                {
                    var exported = new ExportedSeries(run, one);
                    Volatile.Write(ref doing, Plain.Line($"{exported.RunName} {one.Metric}"));
                    if (one.Kind is SeriesKind.Float)
                    {
                        await foreach (var point in server.StreamPointsAsync(run.RunId, one.Id, cancellationToken: cancellationToken))
                        {
                            await export.PointAsync(exported, point);
                            Interlocked.Increment(ref points);
                        }
                    }
                    else if (!export.HoldsEverything)
                    {
                        leftOut++;
                        continue;
                    }
                    else if (one.Kind is SeriesKind.Histogram or SeriesKind.DensityHistogram)
                    {
                        foreach (var histogram in await server.GetHistogramsAsync(run.RunId, one.Id, cancellationToken: cancellationToken))
                        {
                            await export.HistogramAsync(exported, histogram);
                            Interlocked.Increment(ref points);
                        }
                    }
                    else if (one.Kind is SeriesKind.Scatter or SeriesKind.Scatter3D)
                    {
                        foreach (var scatter in await server.GetScattersAsync(run.RunId, one.Id, cancellationToken: cancellationToken))
                        {
                            await export.ScatterAsync(exported, scatter);
                            Interlocked.Increment(ref points);
                        }
                    }

                    series++;
                }
            }

            await export.FinishAsync();
        }

        if (leftOut > 0)
        {
            session.Tell($"{leftOut} series of histograms or scatters were left out: --format jsonl holds them.");
        }

        return new Written(series, points);
    }

    private sealed record Written(int Series, long Points);
}
