namespace Metrana.Tests;

/// <summary>Holds what runs print, for a test that reads along while they do.</summary>
internal sealed class SharedWriter : StringWriter
{
    /// <summary>What was printed so far. Runs print with a lock on the writer.</summary>
    public override string ToString()
    {
        lock (this)
        {
            return base.ToString();
        }
    }
}
