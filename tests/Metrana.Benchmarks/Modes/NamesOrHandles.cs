using System.CommandLine;

namespace Benchmarks.Modes;

/// <summary><c>--names</c> or <c>--handles</c>; names where nothing is said.</summary>
internal sealed class NamesOrHandles
{
    private readonly Option<bool> _names = new("--names") { Description = "Name series and environments in each call (this is what happens when nothing is said)" };

    private readonly Option<bool> _handles = new("--handles") { Description = "Log through handles that were made before" };

    public NamesOrHandles(Command command)
    {
        command.Options.Add(_names);
        command.Options.Add(_handles);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_names) && result.GetValue(_handles))
            {
                result.AddError("--names and --handles exclude each other.");
            }
        });
    }

    public bool Handles(ParseResult parsed) => parsed.GetValue(_handles);
}
