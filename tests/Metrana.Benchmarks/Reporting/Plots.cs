using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Benchmarks.Reporting;

/// <summary>The plots of docs/performance.md, by the names of their files.</summary>
internal sealed class Plots(Figures figures)
{
    private const double Width = 720;
    private const double Height = 360;

    public SortedDictionary<string, string> All() => new(StringComparer.Ordinal)
    {
        ["scaling-load.svg"] = Scaling("load", "points", "Points of a burst"),
        ["scaling-series.svg"] = Scaling("series", "series", "Series, 1.6 million points in columns"),
        ["scaling-single.svg"] = Scaling("single", "series", "Series, one point each"),
        ["scaling-loggers.svg"] = Scaling("loggers", "loggers", "Loggers, 1.6 million points"),
        ["columns.svg"] = Copies(),
    };

    private static PlotModel Model(string title, string below, string beside)
    {
        PlotModel model = new() { Title = title, TitleFontSize = 14, Background = OxyColors.White };
        model.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop });
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = below, MajorGridlineStyle = LineStyle.Dot });
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Left, Title = beside, MajorGridlineStyle = LineStyle.Dot });
        return model;
    }

    private static LineSeries Line(string title, IEnumerable<(double X, double Y)> points)
    {
        LineSeries line = new() { Title = title, MarkerType = MarkerType.Circle, MarkerSize = 3 };
        line.Points.AddRange(points.Select(point => new DataPoint(point.X, point.Y)));
        return line;
    }

    private static string Svg(PlotModel model)
    {
        SvgExporter exporter = new() { Width = Width, Height = Height };
        return exporter.ExportToString(model) + "\n";
    }

    private static double Least(JsonNode one, string figure) => one[figure].Deserialize<MinMedianMax>(ResultJson.Options).Min;

    private string Scaling(string axis, string across, string title)
    {
        PlotModel model = Model("What a point costs: least of all bursts", title, "CPU, ns a point");
        foreach (bool handles in (bool[])[true, false])
        {
            List<JsonNode> cases = [.. figures.Cases(axis).Where(one => one["handles"]!.GetValue<bool>() == handles)];
            if (cases.Count == 0)
            {
                continue;
            }

            string how = handles ? "by handle" : "by name";
            model.Series.Add(Line($"caller, {how}", cases.Select(one => (one[across]!.GetValue<double>(), Least(one, "enqueue_ns_per_point")))));
            model.Series.Add(Line($"whole process, {how}", cases.Select(one => (one[across]!.GetValue<double>(), Least(one, "cpu_ns_per_point")))));
        }

        return Svg(model);
    }

    private string Copies()
    {
        PlotModel model = Model("The floor of a column: a copy into warm memory", "Bytes", "CPU, ns a copy");
        model.Series.Add(Line("copy", figures.Node("floors/copy_ns").AsObject().Select(
            copy => (double.Parse(copy.Key, CultureInfo.InvariantCulture), copy.Value.Deserialize<MinMedianMax>(ResultJson.Options).Min))));
        return Svg(model);
    }
}
