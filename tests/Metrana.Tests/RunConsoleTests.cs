namespace Metrana.Tests;

public class RunConsoleTests
{
    [Fact]
    public void Threads_and_runs_that_share_a_writer_print_whole_lines()
    {
        const int Lines = 2000;
        using StringWriter output = new();
        RunOptions options = new() { Output = output };
        RunConsole[] consoles = [new(options), new(options)];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(index => new Thread(() =>
        {
            for (int line = 0; line < Lines; line++)
            {
                consoles[index % 2].Say($"thread {index} line {line}");
                consoles[index % 2].Warn(RunEvents.CallRefused, "of something");
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        string[] lines = output.ToString().Split(output.NewLine, StringSplitOptions.RemoveEmptyEntries);
        lines.Where(line => line.EndsWith("metrana warning: of something", StringComparison.Ordinal)).Should().HaveCount(4 * Lines);
        string[] said = [.. lines.Where(line => line.StartsWith("metrana: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        IEnumerable<string> expected = from thread in Enumerable.Range(0, threads.Length)
                                       from line in Enumerable.Range(0, Lines)
                                       select $"metrana: thread {thread} line {line}";
        said.SequenceEqual(expected.Order(StringComparer.Ordinal)).Should().BeTrue("each line is whole and there once");
    }
}
