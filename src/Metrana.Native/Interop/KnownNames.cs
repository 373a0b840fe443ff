namespace Metrana.Native.Interop;

/// <summary>
/// The series and environments of a logger that were called by name before. The next call by the same name goes the way of a
/// handle, and its text is not translated and looked up again: that is most of what a name costs.
/// </summary>
/// <remarks>
/// Read without a lock: what stands in a table stays as it is, and a fuller table is another one. A series is learned when its
/// name comes again, so that names which come once cost no memory here.
/// </remarks>
internal sealed class KnownNames
{
    /// <summary>So many names are remembered as seen once; each has its place by its hash.</summary>
    private const int SeenPlaces = 1024;

    /// <summary>More than this are not learned; they go the way of a name, as ever.</summary>
    private const int Most = 1 << 16;

    private readonly object _learning = new();
    private readonly int[] _seen = new int[SeenPlaces];
    private KnownSeries?[] _series = new KnownSeries?[64];
    private KnownEnvironment?[] _environments = new KnownEnvironment?[64];
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
        KnownSeries?[] table = Volatile.Read(ref _series);
        for (int place = hash; ; place++)
        {
            KnownSeries? known = table[place & (table.Length - 1)];
            if (known is null)
            {
                return null;
            }

            if (known.Is(world, hash, metric, scale, labels))
            {
                return known.Handle;
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
        KnownEnvironment?[] table = Volatile.Read(ref _environments);
        for (int place = hash; ; place++)
        {
            KnownEnvironment? known = table[place & (table.Length - 1)];
            if (known is null)
            {
                return false;
            }

            if (known.Hash == hash && known.Name == environment)
            {
                id = known.Id;
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

        ref int seen = ref _seen[hash & (SeenPlaces - 1)];
        // Zero is an empty place; a name with that hash is learned when it comes first.
        bool again = seen == hash;
        seen = hash;
        return again;
    }

    /// <summary>Keeps the handle of a series.</summary>
    public void Learn(NativeLogger.World world, int hash, string metric, Scale scale, LabelSpan labels, SeriesHandle handle)
    {
        lock (_learning)
        {
            if (Find(world, hash, metric, scale, labels) is not null)
            {
                return;
            }

            Put(ref _series, _seriesCount, new KnownSeries(world, hash, metric, scale, labels, handle), static known => known.Hash);
            Volatile.Write(ref _seriesCount, _seriesCount + 1);
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
                    int hash = name.GetHashCode(StringComparison.Ordinal);
                    Put(ref _environments, _environmentCount, new KnownEnvironment(hash, name, ids[i]), static known => known.Hash);
                    _environmentCount++;
                }
            }
        }
    }

    private static int Mixed(int hash, int more) => unchecked((hash * 31) + more);

    /// <summary>Puts an entry into its place. A table that is half full is copied into a larger one first.</summary>
    private static void Put<T>(ref T?[] table, int count, T entry, Func<T, int> hash)
        where T : class
    {
        T?[] into = table;
        if (count * 2 >= into.Length)
        {
            into = new T?[into.Length * 2];
            foreach (T? known in table)
            {
                if (known is not null)
                {
                    into[Free(into, hash(known))] = known;
                }
            }
        }

        // Whoever reads meanwhile finds the entry whole or not at all.
        Volatile.Write(ref into[Free(into, hash(entry))], entry);
        Volatile.Write(ref table, into);
    }

    private static int Free<T>(T?[] table, int hash)
        where T : class
    {
        int place = hash;
        while (table[place & (table.Length - 1)] is not null)
        {
            place++;
        }

        return place & (table.Length - 1);
    }

    private sealed class KnownEnvironment(int hash, string name, uint id)
    {
        public int Hash => hash;

        public string Name => name;

        public uint Id => id;
    }

    private sealed class KnownSeries
    {
        private readonly NativeLogger.World _world;
        private readonly string _metric;
        private readonly Scale _scale;
        private readonly Labels? _kept;
        private readonly (string Key, string Value)[] _pairs;

        public KnownSeries(NativeLogger.World world, int hash, string metric, Scale scale, LabelSpan labels, SeriesHandle handle)
        {
            _world = world;
            _metric = metric;
            _scale = scale;
            _kept = labels.Kept;
            _pairs = new (string, string)[labels.Count];
            int count = 0;
            foreach ((string Key, string Value) pair in labels)
            {
                _pairs[count++] = pair;
            }

            Hash = hash;
            Handle = handle;
        }

        public int Hash { get; }

        public SeriesHandle Handle { get; }

        public bool Is(NativeLogger.World world, int hash, string? metric, Scale scale, LabelSpan labels) =>
            Hash == hash && _world == world && _metric == metric && _scale.Name == scale.Name && Has(labels);

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
