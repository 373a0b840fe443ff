using Metrana.Native;

namespace Metrana.Meters;

/// <summary>What one instrument measured for one set of tags. Its owner holds the lock.</summary>
internal sealed class MeterSeries(Labels labels, Measured kind)
{
    private double _sum;
    private double _max = double.NegativeInfinity;
    private double? _before;
    private long _count;

    public Labels Labels => labels;

    public void Note(double value)
    {
        _count++;
        _max = Math.Max(_max, value);
        _sum = kind is Measured.Total or Measured.Value ? value : _sum + value;
    }

    /// <summary>The points of the time since the last call; what they are called comes behind the name of the instrument.</summary>
    public IReadOnlyList<(string Suffix, double Value)> Take()
    {
        switch (kind)
        {
            case Measured.Distribution when _count > 0:
                (string, double)[] points = [("/count", _count), ("/mean", _sum / _count), ("/max", _max)];
                (_count, _sum, _max) = (0, 0, double.NegativeInfinity);
                return points;
            case Measured.Increase:
                double increase = _sum;
                _sum = 0;
                return [("", increase)];
            case Measured.Total:
                // What was counted before anyone looked is no increase.
                double? since = _sum - _before;
                _before = _sum;
                return since is { } given ? [("", given)] : [];
            case Measured.Level or Measured.Value when _count > 0:
                return [("", _sum)];
            default:
                return [];
        }
    }
}
