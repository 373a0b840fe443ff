using System.Diagnostics;

namespace Metrana;

/// <summary>Waits for what has to happen, and says what did not.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    public static async Task ShouldAsync(Func<Task<bool>> happen, string what, TimeSpan? deadline = null)
    {
        TimeSpan patience = deadline ?? _deadline;
        Stopwatch watch = Stopwatch.StartNew();
        while (!await happen())
        {
            if (watch.Elapsed > patience)
            {
                throw new TimeoutException($"Within {patience} it did not happen that {what}.");
            }

            await Task.Delay(5);
        }
    }

    public static Task ShouldAsync(Func<bool> happen, string what, TimeSpan? deadline = null) =>
        ShouldAsync(() => Task.FromResult(happen()), what, deadline);
}
