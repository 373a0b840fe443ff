using System.Diagnostics;
using Metrana.Server;

// Starts a server, says on one line what it started, and lives until it is killed.
//   --linger     the server is told to live on
//   --children   other children are started before and after it, which live on and must not keep the server's pipe open
try
{
    var children = args.Contains("--children");
    using var before = children ? Child() : null;
    await using var server = await LocalServer.StartAsync(new LocalServerOptions { Linger = args.Contains("--linger") });
    using var after = children ? Child() : null;
    Console.WriteLine($"{server.ProcessId} {server.HttpEndpoint} {before?.Id ?? 0} {after?.Id ?? 0}");
    await new TaskCompletionSource().Task;
    return 0;
}
catch (LocalServerException e)
{
    Console.WriteLine(e.Message);
    return 1;
}

static Process Child() => Process.Start(new ProcessStartInfo("sleep", "600") { RedirectStandardInput = true })!;
