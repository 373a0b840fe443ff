using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Metrana.Native.Tests.Support;

/// <summary>A process that plays a part of Metrana.Native.TestChild.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Channel<string> _errorLines = Channel.CreateUnbounded<string>();
    private readonly Task<string> _errors;

    private Child(Process process, bool heardErrors)
    {
        _process = process;
        _errors = heardErrors ? ReadErrorsAsync() : Task.FromResult("");
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public static Child Play(string part, string endpoint, string run, params string[] more) =>
        Play([part, endpoint, run, .. more], heardErrors: true);

    /// <summary>The same, with a standard error that nobody reads.</summary>
    public static Child PlayUnheard(string part, string endpoint, string run) => Play([part, endpoint, run], heardErrors: false);

    private static Child Play(string[] arguments, bool heardErrors)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Metrana.Native.TestChild.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new Child(Process.Start(start) ?? throw new InvalidOperationException("The child did not start."), heardErrors);
    }

    /// <summary>The next line that it says.</summary>
    public async Task<string> HearAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(_deadline);
        return line ?? throw new InvalidOperationException($"The child ended instead of saying something. {await EndAsync()}");
    }

    /// <summary>Waits until it has said this on standard error.</summary>
    public async Task HearErrorAsync(string words)
    {
        using CancellationTokenSource deadline = new(_deadline);
        while (!(await _errorLines.Reader.ReadAsync(deadline.Token)).Contains(words, StringComparison.Ordinal))
        {
        }
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

    private async Task<string> ReadErrorsAsync()
    {
        StringBuilder all = new();
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            all.AppendLine(line);
            _errorLines.Writer.TryWrite(line);
        }

        _errorLines.Writer.Complete();
        return all.ToString();
    }
}
