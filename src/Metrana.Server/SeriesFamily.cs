using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>Whether a series is ordinary or a reinforcement-learning series. A name may be used for one series of each family.</summary>
[JsonConverter(typeof(SeriesFamilyConverter))]
public enum SeriesFamily
{
    /// <summary>The series was declared and has no points yet; its points determine the family.</summary>
    Undefined = 0,

    /// <summary>Points at steps.</summary>
    Ordinary = 1,

    /// <summary>Points of environments, at steps of the training.</summary>
    ReinforcementLearning = 2,
}

/// <summary>The short names that the server has for them.</summary>
internal sealed class SeriesFamilyConverter() : JsonStringEnumConverter<SeriesFamily>(new Names(), allowIntegerValues: false)
{
    private sealed class Names : JsonNamingPolicy
    {
        public override string ConvertName(string name) => name switch
        {
            nameof(SeriesFamily.Ordinary) => "std",
            nameof(SeriesFamily.ReinforcementLearning) => "rl",
            _ => SnakeCaseLower.ConvertName(name),
        };
    }
}
