namespace Metrana;

/// <summary>Reads which commit is checked out from the files of git, without running it.</summary>
internal static class GitCommit
{
    private const string GitDirectory = "gitdir:";
    private const string Reference = "ref:";
    private const int MostHops = 8;

    /// <summary>The commit of the repository around a folder, or null.</summary>
    public static string? Find(string folder)
    {
        try
        {
            for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
            {
                string path = Path.Combine(at.FullName, ".git");
                if (Directory.Exists(path))
                {
                    return Read(path);
                }

                // A worktree or a submodule: a file says where the folder is.
                if (File.Exists(path))
                {
                    string text = File.ReadAllText(path).Trim();
                    return text.StartsWith(GitDirectory, StringComparison.Ordinal)
                        ? Read(Path.GetFullPath(text[GitDirectory.Length..].Trim(), at.FullName))
                        : null;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // A repository that cannot be read is none, as far as a run is concerned.
        }

        return null;
    }

    private static string? Read(string git)
    {
        // What the worktrees of a repository share, its branches among it, lies in its first one.
        string commonFile = Path.Combine(git, "commondir");
        string common = File.Exists(commonFile) ? Path.GetFullPath(File.ReadAllText(commonFile).Trim(), git) : git;
        string text = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        for (int hop = 0; hop < MostHops && text.StartsWith(Reference, StringComparison.Ordinal); hop++)
        {
            string name = text[Reference.Length..].Trim();
            if (name.Split('/').Contains(".."))
            {
                return null;
            }

            string own = Path.Combine(git, name);
            string shared = Path.Combine(common, name);
            text = File.Exists(own) ? File.ReadAllText(own).Trim()
                : File.Exists(shared) ? File.ReadAllText(shared).Trim()
                : Packed(common, name) ?? "";
        }

        return text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit) ? text : null;
    }

    private static string? Packed(string common, string name)
    {
        string file = Path.Combine(common, "packed-refs");
        return !File.Exists(file)
            ? null
            : File.ReadLines(file)
                .Select(line => line.Split(' ', 2))
                .FirstOrDefault(line => line.Length == 2 && line[1].Trim() == name)?[0];
    }
}
