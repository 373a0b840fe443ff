using System.CommandLine;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana completion</c>: what a shell reads to complete the command.</summary>
internal sealed class CompletionCommand : ToolCommand
{
    /// <remarks>
    /// A run may be called <c>$(rm -rf .)</c>, and whoever can log can choose the name. So no script lets its shell expand a name,
    /// and each puts it on the command line quoted: neither the key nor the Enter after it runs what the name says.
    /// </remarks>
    private static readonly Dictionary<string, string> _scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # In ~/.bashrc: source <(metrana completion bash)
            _metrana() {
                local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} name quoted
                COMPREPLY=()
                # Compared as it is quoted too: the word may be the beginning that was completed a moment ago.
                while IFS= read -r name; do
                    printf -v quoted %q "$name"
                    if [[ $name == "$word"* || $quoted == "$word"* ]]; then COMPREPLY+=("$quoted"); fi
                done < <(metrana complete -- "${line//\\/}" 2>/dev/null)
            }
            complete -o default -F _metrana metrana
            """,
        ["zsh"] = """
            # In ~/.zshrc, after compinit: source <(metrana completion zsh)
            _metrana() {
                local -a found
                found=("${(@f)$(metrana complete -- "${(j: :)${(@Q)words[1,CURRENT-1]}} ${(Q)PREFIX}" 2>/dev/null)}")
                found=("${(@)found:#}")
                # compadd quotes what it adds.
                (( ${#found} )) && compadd -- "${found[@]}" || _files
            }
            compdef _metrana metrana
            """,
        ["fish"] = """
            # In ~/.config/fish/completions/metrana.fish: metrana completion fish | source
            function __metrana_complete
                metrana complete -- (commandline -cp | string replace --all '\\' '' | string collect) 2>/dev/null
            end
            # fish quotes what a function writes.
            complete -c metrana -f -a '(__metrana_complete)'
            """,
        ["powershell"] = """
            # In $PROFILE: metrana completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName metrana -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $length = $cursorPosition - $commandAst.Extent.StartOffset
                $line = "$commandAst".PadRight($length).Substring(0, $length)
                metrana complete -- $line 2>$null | ForEach-Object {
                    $text = $_
                    if ($text -notmatch '^[\w/.-]+$') {
                        $text = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text) + "'"
                    }
                    [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
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
