using Metrana.Protobuf.Ingestion.V1.Svc;

namespace Metrana.WireCapture.Capture;

/// <summary>One attempt to open a run.</summary>
/// <param name="Headers">The request's headers, names in lower case.</param>
/// <param name="Bytes">The request's bytes.</param>
/// <param name="Request">The decoded request.</param>
public sealed record CapturedInit(IReadOnlyDictionary<string, string> Headers, byte[] Bytes, InitializeRunLoggingRequest Request);
