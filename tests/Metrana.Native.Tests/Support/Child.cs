using System.Diagnostics;

namespace Metrana.Native.Tests.Support;

/// <summary>A process that plays a part of Metrana.Native.TestChild.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Child(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public static Child Play(string part, string endpoint, string run)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Metrana.Native.TestChild.dll"));
        start.ArgumentList.Add(part);
        start.ArgumentList.Add(endpoint);
        start.ArgumentList.Add(run);
        return new Child(Process.Start(start) ?? throw new InvalidOperationException("The child did not start."));
    }

    /// <summary>The next line that it says.</summary>
    public async Task<string> HearAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(_deadline);
        return line ?? throw new InvalidOperationException($"The child ended instead of saying something. {await EndAsync()}");
    }

    public async Task GoAsync()
    {
        await _process.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for its end and says how it was.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(_deadline);
        return (_process.ExitCode, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
