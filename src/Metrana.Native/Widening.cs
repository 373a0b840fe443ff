using System.Numerics;
using System.Runtime.CompilerServices;

namespace Metrana.Native;

/// <summary>How numbers of another type than double and float become doubles.</summary>
internal abstract class Widening
{
    /// <summary>Writes them as doubles, as many as there is room for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One would have to be rounded.</exception>
    public abstract void Widen(ref readonly byte first, Span<double> wide);
}

/// <summary>The same for one type of number.</summary>
internal sealed class Widening<T> : Widening
    where T : struct, INumberBase<T>
{
    public static Widening<T> Instance { get; } = new();

    public override void Widen(ref readonly byte first, Span<double> wide)
    {
        ref T number = ref Unsafe.As<byte, T>(ref Unsafe.AsRef(in first));
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = Exact.ToDouble(Unsafe.Add(ref number, i), "values", i);
        }
    }
}

/// <summary>True is 1, false is 0.</summary>
internal sealed class BooleanWidening : Widening
{
    public static BooleanWidening Instance { get; } = new();

    public override void Widen(ref readonly byte first, Span<double> wide)
    {
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = Unsafe.Add(ref Unsafe.AsRef(in first), i) == 0 ? 0 : 1;
        }
    }
}
