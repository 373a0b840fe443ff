using System.Globalization;
using System.Numerics;

namespace Metrana.Player.Values;

/// <summary>Numbers in text, as the published client's arrays read them.</summary>
internal static class WrittenNumbers
{
    private static readonly double _nan = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);

    /// <summary>The float that a text says, or null.</summary>
    public static double? Double(string text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var plain = text.Trim();
        var unsigned = plain.TrimStart('+', '-').ToUpperInvariant();
        if (plain.Length - unsigned.Length <= 1 && unsigned is "NAN" or "INF" or "INFINITY")
        {
            return unsigned == "NAN" ? _nan : plain[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        return unsigned.Any(char.IsAsciiDigit) && double.TryParse(plain, Style, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>The integer that a text says, or null.</summary>
    public static BigInteger? Integer(string text) =>
        BigInteger.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
