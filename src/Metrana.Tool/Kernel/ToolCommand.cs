using System.CommandLine;
using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>A command, with the options that all of them have.</summary>
internal class ToolCommand : Command
{
    private readonly ToolHost _host;
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON, in the form that docs/tool.md promises" };

    protected ToolCommand(ToolHost host, string name, string description)
        : base(name, description)
    {
        _host = host;
        Options.Add(_json);
        Validators.Add(result =>
        {
            // A mistyped option must not be taken for the name of a run.
            foreach (var argument in Arguments)
            {
                foreach (var token in result.GetResult(argument)?.Tokens ?? [])
                {
                    if (token.Value is ['-', _, ..])
                    {
                        result.AddError($"There is no option '{token.Value}'.");
                    }
                }
            }
        });
    }

    /// <summary>Does the work. What goes wrong is told in one line and by the exit code.</summary>
    protected void Does(Func<ToolSession, CancellationToken, Task<int>> work) => SetAction((parsed, cancellationToken) =>
        ToolFailures.TellAsync(_host.Console, () => work(Session(parsed), cancellationToken), cancellationToken));

    /// <inheritdoc cref="Does(Func{ToolSession, CancellationToken, Task{int}})"/>
    protected void Does(Func<ToolSession, CancellationToken, Task> work) => Does(async (session, cancellationToken) =>
    {
        await work(session, cancellationToken);
        return ExitCode.Success;
    });

    protected Option<T> Option<T>(string name, string description, T value, params string[] aliases)
    {
        Option<T> option = new(name, aliases) { Description = description, DefaultValueFactory = _ => value };
        Options.Add(option);
        return option;
    }

    protected Option<T?> Optional<T>(string name, string description, params string[] aliases)
    {
        Option<T?> option = new(name, aliases) { Description = description };
        Options.Add(option);
        return option;
    }

    /// <summary>A whole number within bounds.</summary>
    protected Option<int> Count(string name, string description, int value, int least, int most = int.MaxValue, params string[] aliases)
    {
        var option = Option(name, description, value, aliases);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var given) && (given < least || given > most))
            {
                result.AddError(most == int.MaxValue
                    ? $"{name} is {given}, but has to be at least {least}."
                    : $"{name} is {given}, but has to be from {least} to {most}.");
            }
        });
        return option;
    }

    protected virtual ToolSession Session(ParseResult parsed) => new(_host, parsed, parsed.GetValue(_json), null);
}

/// <summary>A command that asks a server.</summary>
internal class ServerCommand : ToolCommand
{
    private readonly ToolHost _host;
    private readonly ServerChoice _choice;

    protected ServerCommand(ToolHost host, string name, string description)
        : base(host, name, description)
    {
        _host = host;
        _choice = new ServerChoice(this);
    }

    protected Argument<string> Run(string description = RunFinder.Help)
    {
        Argument<string> run = new("run") { Description = description };
        run.CompletionSources.Add(context => RunCompletion.Of(_choice, _host, context));
        Arguments.Add(run);
        return run;
    }

    protected Argument<string[]> Runs()
    {
        Argument<string[]> runs = new("runs") { Description = RunFinder.Help + "; several", Arity = ArgumentArity.OneOrMore };
        runs.CompletionSources.Add(context => RunCompletion.Of(_choice, _host, context));
        Arguments.Add(runs);
        return runs;
    }

    protected override ToolSession Session(ParseResult parsed)
    {
        var session = base.Session(parsed);
        return session with { Server = _choice.Read(parsed, _host) };
    }
}
