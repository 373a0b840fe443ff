using System.Diagnostics.CodeAnalysis;
using Metrana.Tool.Kernel;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Metrana.Tool.Sql;

/// <summary>A database in memory that answers questions and does nothing else: SQLite itself asks whether a step is allowed.</summary>
internal sealed class SqlQuestion : IDisposable
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly string _sql;
    private readonly strdelegate_authorizer _authorizer;
    private bool _filling = true;

    public SqlQuestion(string sql)
    {
        _sql = sql;
        Database = new SqliteConnection("Data Source=:memory:");
        Database.Open();
        _authorizer = Allow; // SQLite keeps it, and the collector must not take it away.
        raw.sqlite3_set_authorizer(Database.Handle, _authorizer, null);
        using var schema = Database.CreateCommand();
        schema.CommandText = SqlTables.Schema;
        schema.ExecuteNonQuery();
        _filling = false;
    }

    public SqliteConnection Database { get; }

    /// <summary>Which tables it reads.</summary>
    /// <exception cref="ToolException">It is no SQL, or would do something else than read.</exception>
    public IReadOnlySet<string> Tables()
    {
        using var command = Command();
        try
        {
            command.Prepare();
            return _read;
        }
        catch (SqliteException e)
        {
            throw Refused(e);
        }
    }

    /// <summary>Lets tables be filled.</summary>
    public async Task FillAsync(Func<Task> fill)
    {
        _filling = true;
        try
        {
            await fill();
        }
        finally
        {
            _filling = false;
        }
    }

    /// <summary>Asks it.</summary>
    /// <param name="columns">Gets the titles.</param>
    /// <param name="row">Gets each row.</param>
    /// <param name="cancellationToken">Stops it, however long it would take.</param>
    /// <param name="most">How many rows are read.</param>
    /// <returns>Whether there are more.</returns>
    public bool Ask(Action<string[]> columns, Action<object?[]> row, CancellationToken cancellationToken, int most = int.MaxValue)
    {
        using var command = Command();
        using var interrupting = cancellationToken.Register(() => raw.sqlite3_interrupt(Database.Handle));
        try
        {
            using var reader = command.ExecuteReader();
            columns([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)]);
            for (var rows = 0; reader.Read(); rows++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (rows == most)
                {
                    return true;
                }

                row([.. Enumerable.Range(0, reader.FieldCount).Select(at => reader.IsDBNull(at) ? null : reader.GetValue(at))]);
            }

            return false;
        }
        catch (SqliteException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteException e)
        {
            throw Refused(e);
        }
    }

    /// <summary>A cell in JSON.</summary>
    public static object? Json(object? cell) => cell is byte[] bytes ? Convert.ToBase64String(bytes) : cell;

    public void Dispose() => Database.Dispose();

    private static ToolException Refused(SqliteException e) => e.SqliteErrorCode == raw.SQLITE_AUTH
        ? ToolException.Usage("Only questions are answered: SELECT, also WITH. Nothing can be changed, attached or set.")
        : new ToolException($"SQL: {e.Message}", ExitCode.Usage, e);

    [SuppressMessage("Security", "CA2100", Justification = "It is the person's own question to a database that lets nothing be changed.")]
    private SqliteCommand Command()
    {
        var command = Database.CreateCommand();
        command.CommandText = _sql;
        command.CommandTimeout = 0;
        return command;
    }

    private int Allow(object userData, int action, string first, string second, string database, string inner)
    {
        if (_filling)
        {
            return raw.SQLITE_OK;
        }

        if (action == raw.SQLITE_READ)
        {
            _read.Add(first);
        }

        return action == raw.SQLITE_READ || action == raw.SQLITE_SELECT || action == raw.SQLITE_FUNCTION || action == raw.SQLITE_RECURSIVE
            ? raw.SQLITE_OK
            : raw.SQLITE_DENY;
    }
}
