using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Native;

/// <summary>A text that can be read from JSON and is never written to it.</summary>
internal sealed class HiddenText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteNullValue();
}
