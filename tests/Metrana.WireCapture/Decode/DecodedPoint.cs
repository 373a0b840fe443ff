namespace Metrana.WireCapture.Decode;

/// <summary>A point, equal to another only in every bit.</summary>
/// <param name="Step">Its step.</param>
/// <param name="TimestampMillis">Its time, in milliseconds since 1970.</param>
/// <param name="Bits">The bits of its value as a double.</param>
/// <param name="IsFloat32">Whether it came as a single-precision value.</param>
public readonly record struct DecodedPoint(ulong Step, long TimestampMillis, long Bits, bool IsFloat32)
{
    /// <summary>Its value.</summary>
    public double Value => BitConverter.Int64BitsToDouble(Bits);

    /// <inheritdoc />
    public override string ToString() => $"({Step}, {TimestampMillis}, {Value:R}{(IsFloat32 ? "f" : "")})";
}
