using System.Diagnostics;

namespace Metrana.Tests.Support;

/// <summary>A process that plays a part of Metrana.TestChild.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Child(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static Child Play(string part, string endpoint, string run, string? more = null, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string? argument in (string?[])["exec", Path.Combine(AppContext.BaseDirectory, "Metrana.TestChild.dll"), part, endpoint, run, more])
        {
            if (argument is not null)
            {
                start.ArgumentList.Add(argument);
            }
        }

        start.Environment.Remove("METRANA_ORCHESTRATION_ID");
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return new Child(Process.Start(start) ?? throw new InvalidOperationException("The child did not start."));
    }

    /// <summary>The next line that it says.</summary>
    public async Task<string> HearAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(_deadline);
        return line ?? throw new InvalidOperationException($"The child ended instead of saying something. {await EndAsync()}");
    }

    /// <summary>Sends a signal by its name, such as TERM.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
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
