namespace QLearning;

/// <summary>
/// A walk along a cliff: from the lower left corner to the lower right one. Each move costs 1; a step over the edge costs 100
/// and leads back to the start.
/// </summary>
internal sealed class GridWorld
{
    private const int Width = 12;
    private const int Height = 4;
    private const int Start = (Height - 1) * Width;
    private const int Goal = (Height * Width) - 1;

    /// <summary>Up, right, down, left.</summary>
    private static readonly (int X, int Y)[] _moves = [(0, -1), (1, 0), (0, 1), (-1, 0)];

    /// <summary>How many places there are.</summary>
    public static int States => Width * Height;

    /// <summary>How many moves there are in each.</summary>
    public static int Actions => _moves.Length;

    /// <summary>The place where the walker is.</summary>
    public int State { get; private set; }

    /// <summary>Whether the goal is reached.</summary>
    public bool Done => State == Goal;

    /// <summary>Puts the walker at the start.</summary>
    public void Reset() => State = Start;

    /// <summary>Moves, and tells what it cost as a negative reward.</summary>
    public double Move(int action)
    {
        var (x, y) = _moves[action];
        x = Math.Clamp((State % Width) + x, 0, Width - 1);
        y = Math.Clamp((State / Width) + y, 0, Height - 1);
        State = (y * Width) + x;

        if (State is > Start and < Goal)
        {
            State = Start;
            return -100;
        }

        return -1;
    }
}
