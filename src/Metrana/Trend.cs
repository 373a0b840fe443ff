namespace Metrana;

/// <summary>
/// The course of one metric in a few dozen samples. It is written by any number of threads without a lock: a sample that two
/// of them fight for may be either's, which no eye can tell.
/// </summary>
internal sealed class Trend(int order)
{
    private const int Samples = 48;
    private const int Bars = 24;

    private readonly double[] _samples = new double[Samples];
    private int _kept;
    private int _stride = 1;
    private int _skipped;

    /// <summary>The place of the metric among those of the run: the one that was logged first comes first.</summary>
    public int Order { get; } = order;

    /// <summary>The value that was logged last.</summary>
    public double Last { get; private set; } = double.NaN;

    public void Note(double value)
    {
        Last = value;
        if (++_skipped < _stride)
        {
            return;
        }

        _skipped = 0;
        int at = _kept;
        if ((uint)at >= Samples)
        {
            at = Halve();
        }

        _samples[at] = value;
        _kept = at + 1;
    }

    /// <summary>The course as a row of bars, the first to the last.</summary>
    public string Curve()
    {
        double[] values = [.. _samples.AsSpan(0, Math.Min(_kept, Samples)).ToArray().Where(double.IsFinite)];
        if (values.Length < 2)
        {
            return "";
        }

        int bars = Math.Min(Bars, values.Length);
        return Sparkline.Of([.. Enumerable.Range(0, bars).Select(i => values[(int)((long)i * (values.Length - 1) / Math.Max(1, bars - 1))])]);
    }

    /// <summary>Keeps every other sample and takes half as many from now on.</summary>
    private int Halve()
    {
        for (int i = 0; i < Samples / 2; i++)
        {
            _samples[i] = _samples[2 * i];
        }

        _stride = Math.Min(_stride * 2, 1 << 30);
        return Samples / 2;
    }
}
