using System.Globalization;

namespace Metrana.Syvain;

/// <summary>
/// Doubles in the shortest text, as the other writers of this service have them: always with a point or an exponent, so that a
/// reader sees that it is no integer.
/// </summary>
internal static class PythonNumbers
{
    private const int FirstExponent = 16;
    private const int LastFraction = -4;

    /// <param name="number">A finite number.</param>
    public static string Text(double number)
    {
        if (number == 0)
        {
            return double.IsNegative(number) ? "-0.0" : "0.0";
        }

        // The digits of .NET's shortest text, laid out anew.
        (string digits, int exponent) = Split(Math.Abs(number).ToString("R", CultureInfo.InvariantCulture));
        string sign = number < 0 ? "-" : "";
        return exponent is < LastFraction or >= FirstExponent
            ? $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}"
            : exponent < 0 ? $"{sign}0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1 ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>The significant digits, and the power of ten of the first of them.</summary>
    private static (string Digits, int Exponent) Split(string shortest)
    {
        string[] parts = shortest.Split('E');
        string[] mantissa = parts[0].Split('.');
        string whole = mantissa[0].TrimStart('0');
        string fraction = mantissa.Length > 1 ? mantissa[1] : "";
        int first = whole.Length > 0 ? whole.Length - 1 : fraction.TrimStart('0').Length - fraction.Length - 1;
        int shift = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        return ($"{whole}{fraction}".TrimStart('0').TrimEnd('0'), first + shift);
    }
}
