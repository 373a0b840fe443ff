using System.Text;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing;

/// <summary>The records of a CSV file (RFC 4180): commas, or tabs or semicolons where the first line has no comma.</summary>
internal static class CsvRecords
{
    private const int LongestField = 1 << 20;

    /// <returns>The fields of each record, and the line where it begins.</returns>
    public static IEnumerable<(int Line, List<string> Fields)> Read(TextReader reader, string file)
    {
        var separator = '\0';
        List<string> fields = [];
        var field = new StringBuilder();
        var (line, begun) = (1, 1);
        var (quoted, wasQuoted, any) = (false, false, false);
        string head = "";
        for (int read; (read = reader.Read()) >= 0;)
        {
            var letter = (char)read;
            any = true;
            if (quoted)
            {
                line += letter == '\n' ? 1 : 0;
                if (letter != '"')
                {
                    Add(letter);
                }
                else if (reader.Peek() == '"')
                {
                    Add((char)reader.Read());
                }
                else
                {
                    quoted = false;
                }
            }
            else if (letter == '"' && field.Length == 0 && !wasQuoted)
            {
                (quoted, wasQuoted) = (true, true);
            }
            else if (letter == '\n')
            {
                EndField(separator == '\0' ? separator = Separator(head) : separator);
                line++;
                if (fields is not [""])
                {
                    yield return (begun, fields);
                }

                (fields, begun, any, head) = ([], line, false, "");
            }
            else if (separator != '\0' ? letter == separator : letter == ',')
            {
                separator = letter;
                EndField(separator);
            }
            else if (letter != '\r')
            {
                Add(letter);
            }
        }

        if (quoted)
        {
            throw ToolException.Usage($"{file}, line {begun}: a quote is opened and never closed.");
        }

        if (any)
        {
            EndField(separator == '\0' ? Separator(head) : separator);
            yield return (begun, fields);
        }

        void Add(char letter)
        {
            if (field.Length >= LongestField)
            {
                throw ToolException.Usage($"{file}, line {begun}: a field is longer than {LongestField} characters.");
            }

            field.Append(letter);
            if (separator == '\0')
            {
                head += letter;
            }
        }

        void EndField(char by)
        {
            // The first line had no comma: it may have tabs or semicolons, of which its one field is made.
            if (by is '\t' or ';' && fields.Count == 0 && !wasQuoted && field.ToString().Contains(by, StringComparison.Ordinal))
            {
                fields.AddRange(field.ToString().Split(by));
            }
            else
            {
                fields.Add(field.ToString());
            }

            field.Clear();
            wasQuoted = false;
        }
    }

    private static char Separator(string firstLine) => firstLine.Contains('\t', StringComparison.Ordinal) ? '\t'
        : firstLine.Contains(';', StringComparison.Ordinal) ? ';'
        : ',';
}
