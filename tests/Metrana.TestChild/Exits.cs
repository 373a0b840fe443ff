namespace Metrana.TestChild;

/// <summary>The ways in which an exception can leave the block of a run, or not.</summary>
internal static class Exits
{
    /// <summary>Of a method that is not async: the runtime tells before it disposes.</summary>
    public static void LeaveUsing(Run run)
    {
        using (run)
        {
            run.Log("loss", 1.0);
            throw Diverged();
        }
    }

    /// <summary>As in an async Main, with something in between that takes its time and throws on its own account.</summary>
    public static async Task LeaveAwaitUsingAsync(Run run)
    {
        await using (run)
        {
            await using Simulator simulator = new();
            run.Log("loss", 1.0);
            await TrainAsync();
        }
    }

    /// <summary>Somebody further out catches the exception and throws one of their own.</summary>
    public static async Task LeaveWrappedAsync(Run run)
    {
        try
        {
            await LeaveAwaitUsingAsync(run);
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("no model", new AggregateException(e));
        }
    }

    /// <summary>Somebody further out catches the exception, and the program goes on until another one ends it.</summary>
    public static async Task LeaveCaughtAsync(Run run)
    {
        try
        {
            await LeaveAwaitUsingAsync(run);
        }
        catch (InvalidOperationException)
        {
            throw new IOException("another trouble");
        }
    }

    /// <summary>The block catches the exception itself, and ends as it should.</summary>
    public static async Task CatchInsideAsync(Run run)
    {
        await using (run)
        {
            run.Log("loss", 1.0);
            try
            {
                await TrainAsync();
            }
            catch (InvalidOperationException)
            {
                // That is how it is to go on.
            }
        }

        throw new IOException("another trouble");
    }

    /// <summary>What is thrown again after the run was thrown before it: it left no block of the run.</summary>
    public static async Task LogAfterwardsAsync(Func<Run> start)
    {
        try
        {
            await TrainAsync();
        }
        catch (InvalidOperationException)
        {
            await using (Run run = start())
            {
                run.Log("loss", 1.0);
            }

            throw;
        }
    }

    private static async Task TrainAsync()
    {
        await Task.Yield();
        throw Diverged();
    }

    private static InvalidOperationException Diverged() => new("the loss is NaN");

    private sealed class Simulator : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            try
            {
                throw new TimeoutException("the simulator does not answer");
            }
            catch (TimeoutException)
            {
                // It is going away anyway.
            }
        }
    }
}
