
namespace Metrana;

/// <summary>Names that people can read and say: <c>quiet-falcon-k3f7</c>.</summary>
internal static class RunNames
{
    /// <summary>Without letters and digits that look alike.</summary>
    private const string Signs = "23456789abcdefghjkmnpqrstuvwxyz";

    private static readonly string[] _adjectives =
    [
        "amber", "bold", "brave", "bright", "brisk", "calm", "clear", "clever", "cosmic", "crisp", "deep", "early", "eager",
        "fair", "fast", "fleet", "fresh", "gentle", "golden", "grand", "green", "happy", "high", "jolly", "keen", "kind",
        "light", "lively", "lucky", "mellow", "merry", "mild", "misty", "noble", "polite", "proud", "quick", "quiet", "rapid",
        "rosy", "sharp", "shiny", "silver", "sleek", "smart", "smooth", "snowy", "solar", "steady", "still", "sunny", "swift",
        "tidy", "vivid", "warm", "wise", "witty", "young",
    ];

    private static readonly string[] _nouns =
    [
        "badger", "beaver", "bison", "brook", "canyon", "cedar", "cheetah", "comet", "coral", "crane", "delta", "dolphin",
        "eagle", "falcon", "fern", "finch", "forest", "fox", "gecko", "glacier", "harbor", "hawk", "heron", "ibex", "island",
        "jaguar", "kestrel", "lagoon", "lake", "lark", "lynx", "maple", "marten", "meadow", "moose", "nebula", "ocean", "orca",
        "osprey", "otter", "owl", "panda", "pine", "plover", "puma", "quail", "raven", "reef", "ridge", "river", "robin",
        "salmon", "sparrow", "stork", "summit", "swan", "tiger", "valley", "willow", "wren",
    ];

    /// <summary>A name that practically nobody else has.</summary>
    public static string Next()
    {
        string adjective = _adjectives[Random.Shared.Next(_adjectives.Length)];
        string noun = _nouns[Random.Shared.Next(_nouns.Length)];
        return $"{adjective}-{noun}-{new string(Random.Shared.GetItems<char>(Signs, 4))}";
    }
}
