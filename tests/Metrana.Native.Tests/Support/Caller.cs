using System.Runtime.InteropServices;

namespace Metrana.Native.Tests.Support;

/// <summary>
/// A thread that makes one call, of which it can be seen that it waits inside of it: not only that it has not come back yet.
/// </summary>
internal sealed partial class Caller
{
    private const int Looks = 20;

    private readonly TaskCompletionSource<int> _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Caller(Action call) => Ended = Task.Factory.StartNew(
        () =>
        {
            _entered.SetResult(ThreadNumber());
            call();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Ends with the call, and as it does.</summary>
    public Task Ended { get; }

    /// <summary>Waits until the kernel says, in many looks in a row, that the thread sleeps.</summary>
    public async Task ShouldWaitAsync()
    {
        int thread = await _entered.Task;
        int idle = 0;
        await Eventually.ShouldAsync(
            () => Ended.IsCompleted || (idle = IsIdle(thread) ? idle + 1 : 0) >= Looks,
            "the call waits");
        Ended.IsCompleted.Should().BeFalse("the call waits and has not come back");
    }

    private static bool IsIdle(int thread)
    {
        // The name, in brackets, may hold anything; the state is the letter behind it.
        string stat = File.ReadAllText($"/proc/self/task/{thread}/stat");
        return stat[stat.LastIndexOf(')') + 2] == 'S';
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadNumber();
}
