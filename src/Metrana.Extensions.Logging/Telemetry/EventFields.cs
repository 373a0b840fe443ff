namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>
/// What was read of one event: its category, its step and its numbers. A thread has one, which it uses for event after event.
/// </summary>
internal sealed class EventFields
{
    private const int NoStep = (int)FieldRole.Value;

    private Field[] _numbers = new Field[16];
    private int _count;
    private int _stepRank;
    private object? _category;

    /// <summary>Whether an event is being read into it: what a field does while it is read may be logging.</summary>
    public bool IsBusy { get; private set; }

    public ReadOnlySpan<Field> Numbers => _numbers.AsSpan(0, _count);

    public bool HasCategory => _category is not null;

    public string? Category => _category as string ?? _category?.ToString();

    public bool HasStep => _stepRank < NoStep;

    public long Step { get; private set; }

    /// <summary>Which of the step fields gave the step.</summary>
    public FieldRole StepRole => (FieldRole)_stepRank;

    /// <summary>The field <c>message</c>, which says more than the text of the event.</summary>
    public string? Message { get; private set; }

    public void Begin()
    {
        IsBusy = true;
        _count = 0;
        _stepRank = NoStep;
        _category = null;
        Message = null;
    }

    /// <summary>Holds on to nothing of the event.</summary>
    public void End()
    {
        _category = null;
        Message = null;
        IsBusy = false;
    }

    public void Add(string? name, object? value)
    {
        if (name is null)
        {
            return;
        }

        FieldRole role = FieldRoles.Of(name);
        switch (role)
        {
            case FieldRole.Category:
                _category = value;
                return;
            case FieldRole.Message:
                Message = value as string;
                return;
            case FieldRole.Ignored:
                return;
            default:
                if (role.IsStep() && (int)role <= _stepRank && FieldNumber.TryReadStep(value, out long step))
                {
                    (Step, _stepRank) = (step, (int)role);
                }

                if (FieldNumber.TryRead(value, out double number))
                {
                    Add(new Field(name, number, role));
                }

                return;
        }
    }

    /// <summary>Takes from a scope what the event does not say itself. The innermost scope comes last and counts.</summary>
    public void AddFromScope(string? name, object? value, in ScopeNeeds needs)
    {
        if (name is null)
        {
            return;
        }

        FieldRole role = FieldRoles.Of(name);
        if (role == FieldRole.Category)
        {
            if (needs.Category)
            {
                _category = value;
            }
        }
        else if (role.IsStep())
        {
            // A scope's step is none of the event's metrics, so that every event inside it does not log it again.
            if (needs.Step && (int)role <= _stepRank && FieldNumber.TryReadStep(value, out long step))
            {
                (Step, _stepRank) = (step, (int)role);
            }
        }
        else if (role == FieldRole.Value && needs.Numbers && FieldNumber.TryRead(value, out double number))
        {
            Add(new Field(name, number, role));
        }
    }

    private void Add(Field field)
    {
        if (_count == _numbers.Length)
        {
            Array.Resize(ref _numbers, _count * 2);
        }

        _numbers[_count++] = field;
    }

    /// <summary>A field that holds a number.</summary>
    public readonly record struct Field(string Name, double Value, FieldRole Role);

    /// <summary>What a scope is asked for.</summary>
    public readonly record struct ScopeNeeds(bool Category, bool Step, bool Numbers);
}
