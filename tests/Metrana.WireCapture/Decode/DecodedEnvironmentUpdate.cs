using Metrana.Protobuf.Ingestion.V1.Types;

namespace Metrana.WireCapture.Decode;

/// <summary>An attribute of an environment.</summary>
/// <param name="Environment">The environment's name.</param>
/// <param name="Episode">The episode, if it is about one.</param>
/// <param name="Update">The attribute.</param>
public sealed record DecodedEnvironmentUpdate(string Environment, ulong? Episode, AttributeUpdate Update);
