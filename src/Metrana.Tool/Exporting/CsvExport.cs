using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Exporting;

/// <summary>A line for each number, with everything that says which one it is.</summary>
internal sealed class CsvExport : IExport
{
    public const string Titles = "run,metric,scale,labels,environment,rl_step,episode,step,timestamp_millis,value";

    private readonly TextWriter _output;
    private ExportedSeries? _series;
    private string _head = "";

    public CsvExport(TextWriter output)
    {
        _output = output;
        _output.Write(Titles + "\n");
    }

    public Task PointAsync(ExportedSeries series, StoredPoint point)
    {
        if (!ReferenceEquals(series, _series))
        {
            _series = series;
            _head = string.Join(',', new[] { series.RunName, series.Series.Metric, series.Series.Scale, series.Labels }.Select(Field));
        }

        _output.Write(_head);
        _output.Write(',');
        _output.Write(Field(point.Environment ?? ""));
        _output.Write(',');
        _output.Write(point.RlStep is { } rlStep ? Figures.Plain(rlStep) : "");
        _output.Write(',');
        _output.Write(point.Episode is { } episode ? Figures.Plain(episode) : "");
        _output.Write(',');
        _output.Write(Figures.Plain(point.Step));
        _output.Write(',');
        _output.Write(Figures.Plain(point.TimestampMillis));
        _output.Write(',');
        _output.Write(Figures.Exact(point.Value));
        _output.Write('\n');
        return Task.CompletedTask;
    }

    public Task FinishAsync() => _output.FlushAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Field(string text) => text.AsSpan().ContainsAny(",\"\r\n")
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;
}
