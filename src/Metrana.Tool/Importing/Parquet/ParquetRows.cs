using System.Diagnostics.CodeAnalysis;
using Metrana.Tool.Kernel;
using Parquet;
using Parquet.Schema;

namespace Metrana.Tool.Importing.Parquet;

/// <summary>
/// A Parquet file, a group of rows at a time, with its columns as arrays. It waits on the thread that reads, as all sources do: there
/// is nothing but a file to wait for.
/// </summary>
internal sealed class ParquetRows : IDisposable
{
    private readonly string _file;
    private readonly FileStream _stream;
    private readonly ParquetReader _reader;
    private ParquetRowGroupReader? _group;

    private ParquetRows(string file, FileStream stream, ParquetReader reader) => (_file, _stream, _reader) = (file, stream, reader);

    /// <summary>How many rows the group has.</summary>
    public int Count => checked((int)_group!.RowCount);

    /// <exception cref="ToolException">It is no Parquet file.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "Whoever opens it disposes of it.")]
    public static ParquetRows Open(string file)
    {
        var stream = File.OpenRead(file);
        try
        {
            return new ParquetRows(file, stream, ParquetReader.CreateAsync(stream).GetAwaiter().GetResult());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            stream.Dispose();
            throw ToolException.Usage($"{file} is no Parquet file, or a part of one: {e.Message}");
        }
    }

    public void Dispose()
    {
        _group?.Dispose();
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    public bool Has(params string[] columns) => columns.All(column => Find(column) is not null);

    /// <summary>What the columns are called, for messages.</summary>
    public string Titles => string.Join(", ", _reader.Schema.Fields.Select(column => column.Name));

    /// <summary>Goes to each group of rows, one after the other.</summary>
    public IEnumerable<ParquetRows> Groups()
    {
        for (var at = 0; at < _reader.RowGroupCount; at++)
        {
            _group?.Dispose();
            _group = _reader.OpenRowGroupReader(at);
            yield return this;
        }
    }

    /// <summary>A column of texts; nulls where it is not there.</summary>
    public string?[] Texts(string column) =>
        Array.ConvertAll(Values<ReadOnlyMemory<char>>(column), text => text?.ToString());

    /// <summary>A column of values; nulls where it is not there.</summary>
    public T?[] Values<T>(string column)
        where T : struct
    {
        var values = new T?[Count];
        Read<T>(column, (row, value) => values[row] = value);
        return values;
    }

    /// <summary>A column with a list in each row; nulls where there is none.</summary>
    public List<T>?[] Lists<T>(string column)
        where T : struct
    {
        var lists = new List<T>?[Count];
        Read<T>(column, (row, value) => (lists[row] ??= []).Add(value));
        return lists;
    }

    /// <summary>Reads what stands in a column, row by row.</summary>
    private void Read<T>(string column, Action<int, T> take)
        where T : struct
    {
        if (Find(column) is not { } field)
        {
            return;
        }

        try
        {
            var count = checked((int)(_group!.GetMetadata(field)?.MetaData?.NumValues ?? 0));
            var values = new T[count];
            var levels = field.MaxDefinitionLevel > 0 ? new int[count] : null;
            var repeats = field.MaxRepetitionLevel > 0 ? new int[count] : null;
            _group.ReadRawAsync(field, values.AsMemory(), Memory(levels), Memory(repeats)).AsTask().GetAwaiter().GetResult();
            for (int at = 0, row = -1, next = 0; at < count; at++)
            {
                row += repeats is null || repeats[at] == 0 ? 1 : 0;
                if (levels is null || levels[at] == field.MaxDefinitionLevel)
                {
                    take(row, values[next++]);
                }
            }
        }
        catch (Exception e) when (e is not ToolException)
        {
            throw ToolException.Usage($"{_file}: the column '{column}' cannot be read: {e.Message}");
        }
    }

    private static Memory<int>? Memory(int[]? numbers) => numbers is null ? default(Memory<int>?) : numbers.AsMemory();

    /// <summary>A column by its name, or of one within another by both, with a slash; lists by what they are lists of.</summary>
    private DataField? Find(string column) =>
        Array.Find(_reader.Schema.DataFields, field => string.Join('/', field.Path.ToList()) is var path && (path == column || path.StartsWith($"{column}/", StringComparison.Ordinal)));
}
