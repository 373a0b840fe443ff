using Metrana.Tool.Doctoring;
using Metrana.Tool.Kernel;
using Spectre.Console;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana doctor</c>: whether everything is there to log and to read, and what to do where it is not.</summary>
internal sealed class DoctorCommand : ServerCommand
{
    public DoctorCommand(ToolHost host)
        : base(host, "doctor", "Check this machine: platform, native library, server, keys (never shown), and what to do") => Does(CheckAsync);

    private static async Task<int> CheckAsync(ToolSession session, CancellationToken cancellationToken)
    {
        List<Finding> findings =
        [
            MachineChecks.Platform(),
            MachineChecks.NativeLibrary(),
            await MachineChecks.ServerProgramAsync(cancellationToken),
            DirectoryChecks.Data(session.Server!),
            DirectoryChecks.Key(session.Server!),
            await ServerChecks.ServerAsync(session.Server!, cancellationToken),
            .. ServerChecks.Settings(session.Host.Variable),
            MachineChecks.Terminal(session.Console),
        ];
        session.Answer(new { Findings = findings }, console => Write(console, findings));
        return findings.Exists(finding => finding.State == FindingState.Bad) ? ExitCode.Failure : ExitCode.Success;
    }

    private static void Write(ToolConsole console, List<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var (sign, color) = finding.State switch
            {
                FindingState.Good => ("ok  ", Color.Green),
                FindingState.Note => ("note", Color.Yellow),
                _ => ("BAD ", Color.Red),
            };
            console.Screen.Write(new Text(sign, new Style(color)));
            console.Output.WriteLine($"  {finding.What,-15} {Plain.Text(finding.Found).ReplaceLineEndings("\n                      ")}");
            if (finding.Advice is { } advice)
            {
                console.Output.WriteLine($"      {"",-15} -> {Plain.Text(advice)}");
            }
        }
    }
}
