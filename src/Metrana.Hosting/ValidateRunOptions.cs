using Microsoft.Extensions.Options;

namespace Metrana.Hosting;

/// <summary>Holds the options against the rules of a start, before the host starts anything.</summary>
internal sealed class ValidateRunOptions : IValidateOptions<RunOptions>
{
    public ValidateOptionsResult Validate(string? name, RunOptions options)
    {
        IReadOnlyList<string> problems = options.FindProblems();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
