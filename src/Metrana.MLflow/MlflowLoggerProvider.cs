using Metrana.Extensions.Logging;
using Microsoft.Extensions.Logging;

namespace Metrana.MLflow;

/// <summary>Turns structured log events into metrics of MLflow, without any other service: a run that goes there alone.</summary>
[ProviderAlias("MLflow")]
internal sealed class MlflowLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    private readonly Run _run;
    private readonly MetranaLoggerProvider _events;

    public MlflowLoggerProvider(MlflowMirror mirror, MetranaLoggerOptions events, IServiceProvider services)
    {
        _run = Run.OfMirrors([mirror], AppDomain.CurrentDomain.FriendlyName, mirror.Settings.RunName ?? AppDomain.CurrentDomain.FriendlyName);
        events.Run = _run;
        _events = new MetranaLoggerProvider(events, services);
    }

    public ILogger CreateLogger(string categoryName) => _events.CreateLogger(categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _events.SetScopeProvider(scopeProvider);

    public void Dispose()
    {
        _events.Dispose();
        _run.Dispose();
    }
}
