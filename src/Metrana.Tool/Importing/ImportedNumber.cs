using System.Globalization;

namespace Metrana.Tool.Importing;

/// <summary>A number as the programs of this world write it.</summary>
internal static class ImportedNumber
{
    public static bool TryParse(string text, out double number)
    {
        switch (text.Trim().ToUpperInvariant())
        {
            case "NAN":
                number = double.NaN;
                return true;
            case "INF" or "+INF" or "INFINITY":
                number = double.PositiveInfinity;
                return true;
            case "-INF" or "-INFINITY":
                number = double.NegativeInfinity;
                return true;
            default:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
        }
    }
}
