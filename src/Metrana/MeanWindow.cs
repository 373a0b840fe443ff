namespace Metrana;

/// <summary>The mean of the last values.</summary>
internal sealed class MeanWindow(int size)
{
    private readonly double[] _values = new double[size];
    private int _count;
    private int _next;

    /// <summary>NaN while there are no values. It is summed anew each time: what is added and taken away again leaves rounding behind.</summary>
    public double Mean
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < _count; i++)
            {
                sum += _values[i];
            }

            return sum / _count;
        }
    }

    public void Add(double value)
    {
        _values[_next] = value;
        _next = (_next + 1) % _values.Length;
        _count = Math.Min(_count + 1, _values.Length);
    }
}
