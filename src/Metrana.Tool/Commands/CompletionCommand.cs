using System.CommandLine;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana completion</c>: what a shell reads to complete the command.</summary>
internal sealed class CompletionCommand : ToolCommand
{
    private static readonly Dictionary<string, string> _scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # In ~/.bashrc: source <(metrana completion bash)
            _metrana() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(metrana complete --position "$COMP_POINT" -- "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _metrana metrana
            """,
        ["zsh"] = """
            # In ~/.zshrc, after compinit: source <(metrana completion zsh)
            _metrana() {
                local -a found
                found=("${(@f)$(metrana complete --position "$CURSOR" -- "$BUFFER" 2>/dev/null)}")
                (( ${#found} )) && compadd -- "${found[@]}" || _files
            }
            compdef _metrana metrana
            """,
        ["fish"] = """
            # In ~/.config/fish/completions/metrana.fish: metrana completion fish | source
            complete -c metrana -f -a '(metrana complete --position (commandline -C) -- (commandline -p) 2>/dev/null)'
            """,
        ["powershell"] = """
            # In $PROFILE: metrana completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName metrana -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                metrana complete --position $cursorPosition -- "$commandAst" 2>$null | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
    };

    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh, fish or powershell" };

    public CompletionCommand(ToolHost host)
        : base(host, "completion", "Print the script that lets a shell complete this command")
    {
        Arguments.Add(_shell);
        _shell.AcceptOnlyFromAmong([.. _scripts.Keys]);
        Does(Print);
    }

    private Task Print(ToolSession session, CancellationToken cancellationToken)
    {
        var (shell, script) = (session.Value(_shell), _scripts[session.Value(_shell)]);
        session.Answer(new { Shell = shell, Script = script }, console => console.Output.WriteLine(script));
        return Task.CompletedTask;
    }
}
