using System.Text.Json.Nodes;

namespace Benchmarks.Database;

/// <summary>Something that the local server's database was measured in, by a server of its own on an empty directory.</summary>
internal interface IDatabasePart
{
    /// <summary>Measures it.</summary>
    /// <param name="folder">In which the server's directory is made.</param>
    /// <exception cref="Serving.NotDeliveredException">Not everything that was logged is there.</exception>
    Task<JsonObject> MeasureAsync(string folder);
}
