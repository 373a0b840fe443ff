using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Metrana.Tool.Sql;

/// <summary>Rows on their way into a table, in one transaction.</summary>
internal sealed class SqlRows : IDisposable
{
    private readonly SqliteTransaction _transaction;
    private readonly SqliteCommand _insert;

    [SuppressMessage("Security", "CA2100", Justification = "The table is one of this program's own, never a person's text.")]
    public SqlRows(SqliteConnection database, string table, int columns)
    {
        _transaction = database.BeginTransaction();
        _insert = database.CreateCommand();
        _insert.Transaction = _transaction;
        _insert.CommandText = $"insert into {table} values ({string.Join(',', Enumerable.Range(0, columns).Select(at => $"$p{at}"))})";
        for (var at = 0; at < columns; at++)
        {
            _insert.Parameters.Add(new SqliteParameter($"$p{at}", null));
        }

        _insert.Prepare();
    }

    public void Add(params ReadOnlySpan<object?> values)
    {
        for (var at = 0; at < values.Length; at++)
        {
            // SQLite has no NaN: it is null there.
            _insert.Parameters[at].Value = values[at] is null or double.NaN ? DBNull.Value : values[at];
        }

        _insert.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _transaction.Commit();
        _insert.Dispose();
        _transaction.Dispose();
    }
}
