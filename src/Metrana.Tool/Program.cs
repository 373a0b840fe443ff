using Metrana.Tool;
using Metrana.Tool.Kernel;

using var end = new CancellationTokenSource();
using var signals = Interruption.Of(end);
return await MetranaTool.RunAsync(args, ToolHost.OfProcess(), end.Token);
