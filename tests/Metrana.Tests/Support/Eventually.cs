using System.Diagnostics;

namespace Metrana.Tests.Support;

/// <summary>Waits for what has to happen, and says what did not.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    public static async Task ShouldAsync(Func<Task<bool>> happen, string what)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await happen())
        {
            if (watch.Elapsed > _deadline)
            {
                throw new TimeoutException($"Within {_deadline} it did not happen that {what}.");
            }

            await Task.Delay(5);
        }
    }

    public static Task ShouldAsync(Func<bool> happen, string what) => ShouldAsync(() => Task.FromResult(happen()), what);
}
