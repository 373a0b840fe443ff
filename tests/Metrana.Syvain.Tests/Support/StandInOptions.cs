namespace Metrana.Syvain.Tests.Support;

/// <summary>Options of a collector that goes to a stand-in.</summary>
internal static class StandInOptions
{
    public static CollectorOptions Options(this StandIn service, TestClock? clock = null) =>
        new() { ApiKey = "ak_org_test", Host = service.Host, Clock = clock ?? new TestClock(), LoggerFactory = new SilentLoggers() };
}
