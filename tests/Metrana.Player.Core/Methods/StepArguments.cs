using Metrana.Native;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>The arguments <c>steps</c> and <c>first_step</c> of a float call.</summary>
internal sealed class StepArguments
{
    private readonly long? _first;
    private readonly long[]? _each;

    private StepArguments(long? first, long[]? each)
    {
        _first = first;
        _each = each;
    }

    public Steps Steps => _each is not null ? Native.Steps.Each(_each) : _first is { } first ? Native.Steps.From(first) : Native.Steps.Auto;

    public static StepArguments From(Arguments arguments)
    {
        var first = arguments.OptionalCount("first_step");
        var each = Columns.OptionalInt64s(arguments, "steps");
        if (each is not null && first is not null)
        {
            throw RefusalException.Value("steps and first_step exclude each other");
        }

        return each is null || Array.TrueForAll(each, step => step >= 0)
            ? new StepArguments(first, each)
            : throw RefusalException.Value("steps must not be negative");
    }
}
