namespace Benchmarks.Serving;

/// <summary>Something that was logged did not arrive, or arrived and was not logged: nothing that was measured counts.</summary>
internal sealed class NotDeliveredException(string message) : Exception(message);
