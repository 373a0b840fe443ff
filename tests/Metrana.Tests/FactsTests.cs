namespace Metrana.Tests;

/// <summary>What a run finds out by itself: the commit, the process, a name.</summary>
public sealed class FactsTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Other = "89abcdef0123456789abcdef0123456789abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("metrana-git-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [ParityRow("client/git-commit", "commit", "HEAD")]
    public void The_commit_is_that_of_the_branch_checked_out_around_a_folder()
    {
        Write(".git/HEAD", "ref: refs/heads/topic/one\n");
        Write(".git/refs/heads/topic/one", Commit + "\n");
        string deep = Directory.CreateDirectory(Path.Combine(_folder, "src", "deep")).FullName;

        GitCommit.Find(deep).Should().Be(Commit);
    }

    [Fact]
    [ParityRow("client/git-commit", "detached HEAD")]
    public void A_detached_head_is_the_commit_itself()
    {
        Write(".git/HEAD", Commit);

        GitCommit.Find(_folder).Should().Be(Commit);
    }

    [Fact]
    [ParityRow("client/git-commit", "packed")]
    public void A_branch_may_be_packed_and_a_loose_one_is_newer()
    {
        Write(".git/HEAD", "ref: refs/heads/main");
        Write(".git/packed-refs", $"# pack-refs with: peeled fully-peeled sorted\n{Other} refs/heads/maintenance\n{Commit} refs/heads/main\n^{Other}\n");
        GitCommit.Find(_folder).Should().Be(Commit);

        Write(".git/refs/heads/main", Other);
        GitCommit.Find(_folder).Should().Be(Other);
    }

    [Fact]
    [ParityRow("client/git-commit", "worktree")]
    public void A_worktree_has_its_branch_in_the_repository_it_belongs_to()
    {
        Write("repo/.git/HEAD", "ref: refs/heads/main");
        Write("repo/.git/refs/heads/topic", Commit);
        Write("repo/.git/worktrees/w/HEAD", "ref: refs/heads/topic");
        Write("repo/.git/worktrees/w/commondir", "../..\n");
        Write("w/.git", $"gitdir: {Path.Combine(_folder, "repo", ".git", "worktrees", "w")}\n");

        GitCommit.Find(Path.Combine(_folder, "w")).Should().Be(Commit);
    }

    [Theory]
    [InlineData("ref: refs/heads/not-there")]
    [InlineData("ref: ../../../../etc/passwd")]
    [InlineData("rubbish")]
    [InlineData("")]
    [ParityRow("client/git-commit", "none")]
    public void What_is_no_commit_is_none(string head)
    {
        Write(".git/HEAD", head);

        GitCommit.Find(_folder).Should().BeNull();
    }

    [Fact]
    [ParityRow("client/facts-of-the-process", "secrets", "command line")]
    public void Secrets_on_the_command_line_are_hidden()
    {
        string line = OwnProcess.CommandLine(
            ["train.dll", "--api-key", "hunter1", "--password=hunter2", "--lr", "0.1", "http://me:hunter3@host/x", "TOKEN=hunter4", "-v", "k-hunter5-k", "two words"],
            "hunter5");

        line.Should().Be("train.dll --api-key *** --password=*** --lr 0.1 http://***@host/x TOKEN=*** -v k-***-k \"two words\"");
    }

    [Fact]
    [ParityRow("client/facts-of-the-process", "where and on what it runs")]
    public void A_process_says_where_and_on_what_it_runs()
    {
        IReadOnlyDictionary<string, object?> facts = OwnProcess.Collect(ProcessFacts.All, null);

        facts.Should().ContainKeys("host", "id", "os", "architecture", "dotnet", "cpus", "memory_bytes", "command_line", "directory");
        facts["dotnet"].As<string>().Should().StartWith(".NET");
        facts["id"].Should().Be(Environment.ProcessId);
    }

    [Theory]
    [InlineData("true", "id host cpus memory_bytes os architecture dotnet command_line directory")]
    [InlineData("false", "")]
    [InlineData("Host", "id host cpus memory_bytes")]
    [InlineData("system, runtime", "os architecture dotnet")]
    [InlineData("command_line", "command_line")]
    [InlineData("Directory", "directory")]
    [ParityRow("client/facts-of-the-process", "can be left out", "LogProcessFacts")]
    public void Each_fact_can_be_left_out(string text, string expected)
    {
        ProcessFacts facts = RunOptions.Parse($"LogProcessFacts={text}").LogProcessFacts!.Value;

        // Whether there are graphics cards is the machine's.
        OwnProcess.Collect(facts & ~ProcessFacts.Gpu, null).Keys
            .Should().BeEquivalentTo(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        facts.HasFlag(ProcessFacts.Gpu).Should().Be(text == "true");
    }

    [Fact]
    public void Facts_that_do_not_exist_are_told_with_those_that_do() =>
        FluentActions.Invoking(() => RunOptions.Parse("LogProcessFacts=Host,Colour")).Should().Throw<FormatException>()
            .WithMessage("*LogProcessFacts is not true, false, or some of None, Host, System, Runtime, Gpu, CommandLine, Directory, All with commas*");

    [Fact]
    [ParityRow("client/run-name", "readable")]
    public void Names_are_readable_and_do_not_repeat()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(_ => RunNames.Next())];

        names.Should().OnlyHaveUniqueItems().And.OnlyContain(name => name.Length < 30 && name.All(sign => sign == '-' || char.IsAsciiLetterOrDigit(sign)));
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
