namespace Metrana.Player.Values;

/// <summary>The values of a float call at the width they are sent in.</summary>
/// <param name="Doubles">The values as 64-bit floats, or null.</param>
/// <param name="Singles">The values as 32-bit floats, or null.</param>
internal sealed record FloatColumn(double[]? Doubles, float[]? Singles)
{
    /// <summary>Converts to what <c>dtype</c> asks for: 64-bit floats without it, whatever the array says.</summary>
    public static FloatColumn From(NumericArray array, string? dtype) => dtype switch
    {
        null or "float64" => new FloatColumn(array.ToDoubles(), null),
        "float32" => new FloatColumn(null, array.ToSingles()),
        "float16" => new FloatColumn(null, array.ToHalves()),
        "int32" or "int64" => new FloatColumn(array.ToTruncated(), null),
        _ => throw RefusalException.Type($"dtype '{dtype}' is none of float64, float32, float16, int64, int32"),
    };
}
