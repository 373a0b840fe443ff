using System.CommandLine;
using System.Diagnostics;
using Metrana.Server;
using Metrana.Server.Child;
using Metrana.Server.Http;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana serve</c>: a server at this terminal, until Ctrl+C.</summary>
internal sealed class ServeCommand : ToolCommand
{
    /// <summary>How long the server may take to finish what it is doing.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Option<string?> _data;
    private readonly Option<string?> _listen;
    private readonly Option<bool> _inMemory;
    private readonly Option<string?> _keyFile;
    private readonly Option<bool> _open;
    private readonly Option<string> _durability;
    private readonly Option<string?> _certificate;
    private readonly Option<string?> _certificateKey;

    public ServeCommand(ToolHost host)
        : base(host, "serve", "Run a server here until Ctrl+C")
    {
        _data = Optional<string>("--data", "The data directory [default: this user's own]");
        _listen = Optional<string>("--listen", "Where to listen, as ADDRESS:PORT [default: 127.0.0.1:7070]");
        _inMemory = Option("--in-memory", "Keep nothing, and ask for no key", false);
        _keyFile = Optional<string>("--api-key-file", "Keys that let somebody in, one a line");
        _open = Option("--open", "Ask for no key. Only for this machine", false);
        _durability = Option("--durability", "How safe a point is when it is acknowledged", "full");
        _durability.AcceptOnlyFromAmong("full", "commit", "ram");
        _certificate = Optional<string>("--tls-cert", "Certificates, as a PEM file");
        _certificateKey = Optional<string>("--tls-key", "Their key, as a PEM file");
        Does(ServeAsync);
    }

    private async Task<int> ServeAsync(ToolSession session, CancellationToken cancellationToken)
    {
        var program = ServerProgram.Find(null);
        ServerProgram.MakeExecutable(program);
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true, // The server ends with this process, because the pipe does.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in CommandLine(session))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new ToolException($"{program} did not start.");
        var log = PassOnAsync(process.StandardError, session.Console.Error);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
            if (line is not null && ServerEndpoints.Read(line) is { } address)
            {
                session.Answer(
                    new { address.Grpc, address.Http, Pid = process.Id },
                    console => console.Output.WriteLine($"listening at {address.Http}, until Ctrl+C"));
                await session.Console.Output.FlushAsync(cancellationToken);
            }

            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await StopAsync(process);
        }

        await log;
        // What its own exit code 2 and 3 mean: an option, or a place that somebody has already.
        return process.ExitCode switch
        {
            0 => ExitCode.Success,
            2 => ExitCode.Usage,
            _ => ExitCode.Failure,
        };
    }

    private List<string> CommandLine(ToolSession session)
    {
        List<string> arguments = ["--ignore-interrupt", "--durability", session.Value(_durability)];
        foreach (var option in (Option<string?>[])[_data, _listen, _keyFile, _certificate, _certificateKey])
        {
            if (session.Value(option) is { } value)
            {
                arguments.AddRange([option.Name, value]);
            }
        }

        foreach (var option in (Option<bool>[])[_inMemory, _open])
        {
            if (session.Value(option))
            {
                arguments.Add(option.Name);
            }
        }

        return arguments;
    }

    /// <summary>The end of its standard input tells it to end in good order.</summary>
    private static async Task StopAsync(Process process)
    {
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(_patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new ToolException($"The server did not end within {_patience.TotalSeconds} seconds and was killed.");
        }
    }

    private static async Task PassOnAsync(StreamReader from, TextWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            await to.WriteLineAsync(Plain.Line(line));
        }
    }
}
