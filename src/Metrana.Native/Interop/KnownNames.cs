namespace Metrana.Native.Interop;

/// <summary>
/// The series and environments of a logger that were called by name before. The next call by the same name goes the way of a
/// handle, and its text is not translated and looked up again: that is most of what a name costs.
/// </summary>
/// <remarks>
/// Read without a lock: what stands in a table stays as it is, and a fuller table is another one. A series is learned when its
/// name comes again, so that names which come once cost four bytes here and not an entry.
/// </remarks>
internal sealed class KnownNames
{
    /// <summary>As many places for names that were seen once as there are at first; each name has its place by its hash.</summary>
    private const int FewestSeen = 1 << 10;

    /// <summary>More places than this are not made.</summary>
    private const int MostSeen = 1 << 17;

    /// <summary>More than this are not learned; they go the way of a name, as ever.</summary>
    private const int Most = 1 << 16;

    private readonly object _learning = new();
    private int[] _seen = new int[FewestSeen];
    private int _contested;
    private Slot<SeriesName, SeriesHandle>[] _series = new Slot<SeriesName, SeriesHandle>[64];
    private Slot<string, uint>[] _environments = new Slot<string, uint>[64];
    private int _seriesCount;
    private int _environmentCount;

    /// <summary>What a name is found by. The scale is left out: few metrics have more than one.</summary>
    public static int Hash(string? metric, LabelSpan labels)
    {
        int hash = metric is null ? 0 : metric.GetHashCode(StringComparison.Ordinal);
        if (labels.Kept is { } kept)
        {
            return Mixed(hash, kept.Hash);
        }

        return labels.Pairs.IsEmpty ? hash : Mixed(hash, Hash(labels));
    }

    /// <summary>What labels are found by, whoever keeps them.</summary>
    public static int Hash(LabelSpan labels)
    {
        int hash = 0;
        foreach ((string key, string value) in labels)
        {
            hash = Mixed(hash, key?.GetHashCode(StringComparison.Ordinal) ?? 0);
            hash = Mixed(hash, value?.GetHashCode(StringComparison.Ordinal) ?? 0);
        }

        return hash;
    }

    /// <summary>The handle of a series that was learned.</summary>
    public SeriesHandle? Find(NativeLogger.World world, int hash, string? metric, Scale scale, LabelSpan labels)
    {
        Slot<SeriesName, SeriesHandle>[] table = Volatile.Read(ref _series);
        for (int place = hash; ; place++)
        {
            ref Slot<SeriesName, SeriesHandle> slot = ref table[place & (table.Length - 1)];
            if (Volatile.Read(ref slot.Name) is not { } known)
            {
                return null;
            }

            if (slot.Hash == hash && known.Is(world, metric, scale, labels))
            {
                return slot.Value;
            }
        }
    }

    /// <summary>The number of an environment that was learned.</summary>
    public bool TryFind(string? environment, out uint id)
    {
        id = 0;
        if (environment is null)
        {
            return false;
        }

        int hash = environment.GetHashCode(StringComparison.Ordinal);
        Slot<string, uint>[] table = Volatile.Read(ref _environments);
        for (int place = hash; ; place++)
        {
            ref Slot<string, uint> slot = ref table[place & (table.Length - 1)];
            if (Volatile.Read(ref slot.Name) is not { } known)
            {
                return false;
            }

            if (slot.Hash == hash && known == environment)
            {
                id = slot.Value;
                return true;
            }
        }
    }

    /// <summary>Whether a name has come before, as far as is remembered, and should be learned now.</summary>
    public bool ComesAgain(int hash)
    {
        if (Volatile.Read(ref _seriesCount) >= Most)
        {
            return false;
        }

        int[] seen = Volatile.Read(ref _seen);
        ref int place = ref seen[hash & (seen.Length - 1)];
        // Zero is an empty place; a name with that hash is learned when it comes first.
        int before = place;
        if (before == hash)
        {
            return true;
        }

        if (before == 0)
        {
            place = hash;
        }
        else if (++_contested > seen.Length && seen.Length < MostSeen)
        {
            // Threads may count past each other here; what depends on it is only when there are more places.
            Remember(seen);
        }
        else if (Random.Shared.Next(2) == 0)
        {
            // Not always: two names that come in turn would push each other out for ever.
            place = hash;
        }

        return false;
    }

    /// <summary>Keeps the handle of a series.</summary>
    public void Learn(NativeLogger.World world, int hash, string metric, Scale scale, LabelSpan labels, SeriesHandle handle)
    {
        lock (_learning)
        {
            if (Find(world, hash, metric, scale, labels) is null)
            {
                Put(ref _series, _seriesCount, hash, new SeriesName(world, metric, scale, labels), handle);
                Volatile.Write(ref _seriesCount, _seriesCount + 1);
            }
        }
    }

    /// <summary>Keeps the numbers of environments.</summary>
    public void Learn(ReadOnlySpan<string> environments, ReadOnlySpan<uint> ids)
    {
        lock (_learning)
        {
            for (int i = 0; i < environments.Length && _environmentCount < Most; i++)
            {
                string name = environments[i];
                if (!TryFind(name, out _))
                {
                    Put(ref _environments, _environmentCount, name.GetHashCode(StringComparison.Ordinal), name, ids[i]);
                    _environmentCount++;
                }
            }
        }
    }

    private static int Mixed(int hash, int more) => unchecked((hash * 31) + more);

    /// <summary>Doubles the places for names that were seen once: more names come in turn than there are places.</summary>
    private void Remember(int[] seen)
    {
        int[] more = new int[seen.Length * 2];
        foreach (int hash in seen)
        {
            more[hash & (more.Length - 1)] = hash;
        }

        _contested = 0;
        Volatile.Write(ref _seen, more);
    }

    /// <summary>Puts an entry into its place. A table that is half full is copied into a larger one first.</summary>
    private static void Put<TName, TValue>(ref Slot<TName, TValue>[] table, int count, int hash, TName name, TValue value)
        where TName : class
    {
        Slot<TName, TValue>[] into = table;
        if (count * 2 >= into.Length)
        {
            into = new Slot<TName, TValue>[into.Length * 2];
            foreach (Slot<TName, TValue> known in table)
            {
                if (known.Name is not null)
                {
                    into[Free(into, known.Hash)] = known;
                }
            }
        }

        // Whoever reads meanwhile finds the entry whole or not at all: the name is written last and read first.
        ref Slot<TName, TValue> slot = ref into[Free(into, hash)];
        slot.Hash = hash;
        slot.Value = value;
        Volatile.Write(ref slot.Name, name);
        Volatile.Write(ref table, into);
    }

    private static int Free<TName, TValue>(Slot<TName, TValue>[] table, int hash)
        where TName : class
    {
        int place = hash;
        while (table[place & (table.Length - 1)].Name is not null)
        {
            place++;
        }

        return place & (table.Length - 1);
    }

    private struct Slot<TName, TValue>
        where TName : class
    {
        public TName? Name;
        public int Hash;
        public TValue Value;
    }

    private sealed class SeriesName
    {
        private readonly NativeLogger.World _world;
        private readonly string _metric;
        private readonly string _scale;
        private readonly Labels? _kept;
        private readonly (string Key, string Value)[] _pairs;

        public SeriesName(NativeLogger.World world, string metric, Scale scale, LabelSpan labels)
        {
            _world = world;
            _metric = metric;
            _scale = scale.Name;
            _kept = labels.Kept;
            _pairs = labels.Count == 0 ? [] : new (string, string)[labels.Count];
            int count = 0;
            foreach ((string Key, string Value) pair in labels)
            {
                _pairs[count++] = pair;
            }
        }

        public bool Is(NativeLogger.World world, string? metric, Scale scale, LabelSpan labels) =>
            _world == world && _metric == metric && _scale == scale.Name && Has(labels);

        private bool Has(LabelSpan labels)
        {
            if (labels.Kept is { } kept && kept == _kept)
            {
                return true;
            }

            if (labels.Count != _pairs.Length)
            {
                return false;
            }

            int at = 0;
            foreach ((string key, string value) in labels)
            {
                if (_pairs[at].Key != key || _pairs[at].Value != value)
                {
                    return false;
                }

                at++;
            }

            return true;
        }
    }
}
