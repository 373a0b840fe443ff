using System.Numerics;

namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>
/// The number that a field holds. Truths, characters, enums and texts are none, even where they could be read as one: what is
/// a metric must not depend on what a text looks like.
/// </summary>
internal static class FieldNumber
{
    public static bool TryRead(object? value, out double number)
    {
        switch (value)
        {
            case double one: number = one; return true;
            case long one: number = one; return true;
            case int one: number = one; return true;
            case float one: number = one; return true;
            case uint one: number = one; return true;
            case ulong one: number = one; return true;
            case short one: number = one; return true;
            case ushort one: number = one; return true;
            case byte one: number = one; return true;
            case sbyte one: number = one; return true;
            case decimal one: number = (double)one; return true;
            case Half one: number = (double)one; return true;
            case nint one: number = one; return true;
            case nuint one: number = one; return true;
            case Int128 one: number = (double)one; return true;
            case UInt128 one: number = (double)one; return true;
            case BigInteger one: number = (double)one; return true;
            default: number = 0; return false;
        }
    }

    /// <summary>A step is a whole number from 0: a part of one would be stored as another step, or as none.</summary>
    public static bool TryReadStep(object? value, out long step)
    {
        switch (value)
        {
            case long one: step = one; return one >= 0;
            case int one: step = one; return one >= 0;
            case ulong one when one <= long.MaxValue: step = (long)one; return true;
            case double or float or decimal or Half:
                _ = TryRead(value, out double number);
                if (number >= 0 && number < long.MaxValue && Math.Floor(number) == number)
                {
                    step = (long)number;
                    return true;
                }

                break;
            case Int128 or UInt128 or BigInteger or ulong:
                break;
            default:
                if (TryRead(value, out double small) && small >= 0)
                {
                    step = (long)small;
                    return true;
                }

                break;
        }

        step = 0;
        return false;
    }
}
