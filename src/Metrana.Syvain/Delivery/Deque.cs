namespace Metrana.Syvain.Delivery;

/// <summary>A queue that takes back at its front what could not be delivered.</summary>
internal sealed class Deque<T>
{
    private T[] _items = new T[16];
    private int _first;

    public int Count { get; private set; }

    public T this[int index] => _items[(_first + index) % _items.Length];

    public void AddLast(T item)
    {
        Grow();
        _items[(_first + Count++) % _items.Length] = item;
    }

    public void AddFirst(T item)
    {
        Grow();
        _first = (_first + _items.Length - 1) % _items.Length;
        _items[_first] = item;
        Count++;
    }

    /// <summary>There has to be one.</summary>
    public T RemoveFirst()
    {
        T item = _items[_first];
        _items[_first] = default!;
        _first = (_first + 1) % _items.Length;
        Count--;
        return item;
    }

    private void Grow()
    {
        if (Count < _items.Length)
        {
            return;
        }

        T[] larger = new T[2 * Count];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        (_items, _first) = (larger, 0);
    }
}
