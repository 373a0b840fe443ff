namespace Metrana.Tool.Watching;

/// <summary>
/// A field of dots, two by four in each letter of Braille, on which curves are drawn. It knows numbers and letters, and nothing of a
/// terminal.
/// </summary>
internal sealed class Plot
{
    private const int DotsAcross = 2;
    private const int DotsDown = 4;
    private const char Blank = '\u2800';

    /// <summary>Which bit of a letter a dot is, row by row.</summary>
    private static readonly int[] _bits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

    private readonly int _width;
    private readonly int _height;
    private readonly int[] _dots;
    private readonly int[] _owner;

    /// <param name="width">How many letters it is wide.</param>
    /// <param name="height">How many it is high.</param>
    public Plot(int width, int height)
    {
        (_width, _height) = (width, height);
        _dots = new int[width * height];
        _owner = new int[width * height];
    }

    public int Across => _width * DotsAcross;

    public int Down => _height * DotsDown;

    /// <summary>Draws a line of a curve that has this number. Ends beyond the field are allowed.</summary>
    public void Line(int fromX, int fromY, int toX, int toY, int curve)
    {
        var steps = Math.Max(Math.Abs(toX - fromX), Math.Abs(toY - fromY));
        for (var at = 0; at <= steps; at++)
        {
            var part = steps == 0 ? 0 : (double)at / steps;
            Dot((int)Math.Round(fromX + (part * (toX - fromX))), (int)Math.Round(fromY + (part * (toY - fromY))), curve);
        }
    }

    /// <summary>The letters of a row, from the top.</summary>
    public string Row(int row) => string.Concat(Enumerable.Range(row * _width, _width).Select(at => (char)(Blank + _dots[at])));

    /// <summary>Which curve each letter of a row belongs to: the one drawn last.</summary>
    public ReadOnlySpan<int> Owners(int row) => _owner.AsSpan(row * _width, _width);

    private void Dot(int x, int y, int curve)
    {
        if (x < 0 || y < 0 || x >= Across || y >= Down)
        {
            return;
        }

        var cell = (y / DotsDown * _width) + (x / DotsAcross);
        _dots[cell] |= _bits[(y % DotsDown * DotsAcross) + (x % DotsAcross)];
        _owner[cell] = curve;
    }
}
