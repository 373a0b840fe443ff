using System.Runtime.Versioning;
using System.Text.Json;
using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class DoctorTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task A_sound_machine_has_nothing_bad()
    {
        var result = await runs.Tool().RunAsync("doctor", "--json");

        result.Code.Should().Be(0, result.Output);
        var found = result.Json.GetProperty("findings").EnumerateArray().ToDictionary(Named, finding => finding);
        found.Keys.Should().Contain(["platform", "native library", "server program", "data directory", "key", "server", "terminal"]);
        found["server"].GetProperty("found").GetString().Should().Contain(runs.Server.HttpEndpoint);
        found["native library"].GetProperty("state").GetString().Should().Be("good");
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_key_that_others_can_read_is_bad_and_advice_is_given()
    {
        var token = Path.Combine(runs.Data, "token");
        var mode = File.GetUnixFileMode(token);
        File.SetUnixFileMode(token, mode | UnixFileMode.OtherRead);
        try
        {
            var result = await runs.Tool().RunAsync("doctor");

            result.Code.Should().Be(1);
            result.Output.Should().Contain("BAD").And.Contain("chmod 600");
        }
        finally
        {
            File.SetUnixFileMode(token, mode);
        }
    }

    [Fact]
    public async Task An_address_where_nobody_answers_is_bad()
    {
        var result = await new TestTool { Variables = { ["METRANA_INGESTION_URL"] = "http://me:pass@h:1" } }
            .RunAsync("doctor", "--url", "http://127.0.0.1:1");

        result.Code.Should().Be(1);
        result.Output.Should().Contain("does not answer").And.Contain("METRANA_API_KEY is not").And.NotContain("pass@");
    }

    private static string Named(JsonElement finding) => finding.GetProperty("what").GetString()!;
}
