using Xunit;

namespace Metrana.Tool.Tests.Support;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var deadline = DateTime.UtcNow + TestTool.Deadline;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"Not within {TestTool.Deadline.TotalSeconds} seconds: {what}");
            await Task.Delay(_pause);
        }
    }
}
