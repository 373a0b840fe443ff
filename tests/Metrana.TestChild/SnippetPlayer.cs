using System.Reflection;

namespace Metrana.TestChild;

/// <summary>Runs compiled programs one after the other in this process, and says how each of them ended.</summary>
internal static class SnippetPlayer
{
    /// <param name="folder">Where the programs are, and where they run; their names give the order.</param>
    public static void Play(string folder)
    {
        Directory.SetCurrentDirectory(folder);
        foreach (string program in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(program);
            // Programs that are configured by variables alone have a run of their own each.
            Environment.SetEnvironmentVariable("METRANA_RUN_NAME", name);
            try
            {
                Assembly.LoadFrom(program).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
                Console.WriteLine($"played {name}");
            }
            catch (TargetInvocationException e)
            {
                Console.WriteLine($"failed {name}: {e.InnerException}".OnOneLine());
            }
        }

        Console.WriteLine("end");
    }

    private static string OnOneLine(this string text) => text.ReplaceLineEndings(" | ");
}
