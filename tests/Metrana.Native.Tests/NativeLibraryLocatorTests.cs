using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Metrana.Native.Interop;
using Metrana.Native.Tests.Support;

namespace Metrana.Native.Tests;

/// <summary>No native library, or a wrong one, is a riddle only where the error does not solve it.</summary>
public sealed class NativeLibraryLocatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metrana-locator").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_named_file_that_is_missing_is_the_whole_story()
    {
        string missing = Path.Combine(_folder, "nowhere.so");

        LoggerInitException error = FluentActions.Invoking(() => NativeLibraryLocator.Load(missing, ["/also/not/there.so"], () => 0))
            .Should().Throw<LoggerInitException>().Which;

        error.StatusCode.Should().Be(MetranaStatus.NativeLibraryUnavailable);
        error.Message.Should().Contain(NativeLibraryLocator.Rid)
            .And.Contain($"{missing}: there is no such file")
            .And.Contain("METRANA_NATIVE_PATH")
            .And.NotContain("/also/not/there.so", "a named file excludes all others");
    }

    [Fact]
    public void A_file_that_is_no_library_is_reported_in_the_loaders_words()
    {
        string text = Path.Combine(_folder, "text.so");
        File.WriteAllText(text, "not a library");

        FluentActions.Invoking(() => NativeLibraryLocator.Load(text, [], () => 0)).Should().Throw<LoggerInitException>()
            .WithMessage($"*{text}: *");
    }

    [Fact]
    public void Another_library_is_not_taken_for_ours()
    {
        // Any library that is surely there: the runtime's own.
        string other = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so");

        FluentActions.Invoking(() => NativeLibraryLocator.Load(other, [], () => 0)).Should().Throw<LoggerInitException>()
            .WithMessage($"*{other}: it is another library, without metrana_abi_version*");
    }

    [Fact]
    public void A_library_for_another_interface_is_refused_with_both_numbers()
    {
        string wrong = OtherInterface();

        FluentActions.Invoking(() => NativeLibraryLocator.Load(wrong, [], () => 0)).Should().Throw<LoggerInitException>()
            .WithMessage($"*{wrong}: it speaks version 7 of the native interface, and this assembly version {NativeLibraryLocator.AbiVersion}*");
    }

    [Fact]
    public void A_place_that_fails_leaves_the_next_one_its_chance()
    {
        string text = Path.Combine(_folder, "text.so");
        File.WriteAllText(text, "not a library");
        string ours = Path.Combine(AppContext.BaseDirectory, "runtimes", NativeLibraryLocator.Rid, "native", NativeLibraryLocator.FileName);

        NativeLibraryLocator.Load(null, [Path.Combine(_folder, "missing.so"), text, ours], () => 0).Should().NotBe(0);
    }

    [Fact]
    [ParityRow("failures/no-native-library", "LoggerInitException")]
    public void Every_place_that_was_tried_is_listed()
    {
        string[] places = [Path.Combine(_folder, "a.so"), Path.Combine(_folder, "b.so")];

        LoggerInitException error = FluentActions.Invoking(() => NativeLibraryLocator.Load("", places, () => 0))
            .Should().Throw<LoggerInitException>().Which;

        error.Message.Should().ContainAll(places).And.Contain("runtime's own search: not found").And.Contain("cargo build").And.Contain(NativeLibraryLocator.FileName);
    }

    [Fact]
    [ParityRow("failures/no-native-library", "platform")]
    public void On_a_platform_that_has_no_build_the_advice_is_not_to_reference_the_package()
    {
        NativeLibraryLocator.Advice("linux-riscv64").Should().Contain("There is no build for linux-riscv64")
            .And.ContainAll(NativeLibraryLocator.Supported)
            .And.Contain("cargo build --release -p metrana-capi").And.Contain("METRANA_NATIVE_PATH")
            .And.NotContain("Reference the package");
        NativeLibraryLocator.Advice(NativeLibraryLocator.Rid).Should().Contain("Reference the package Metrana.Native").And.NotContain("no build");
    }

    [Fact]
    public void The_platforms_that_the_advice_lists_are_those_of_the_packages()
    {
        string table = Sources.Read("build", "rids.props");

        NativeLibraryLocator.Supported.Should().Equal(
            Regex.Matches(table, "<MetranaRid Include=\"([^\"]+)\"").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void An_engine_inside_the_program_has_to_be_of_the_same_interface()
    {
        NativeLibraryLocator.CheckInside(NativeLibraryLocator.AbiVersion);

        FluentActions.Invoking(() => NativeLibraryLocator.CheckInside(99)).Should().Throw<LoggerInitException>()
            .WithMessage("*version 99 of the native interface*Metrana.Native.Static in the same version*")
            .Which.StatusCode.Should().Be(MetranaStatus.NativeLibraryUnavailable);
    }

    /// <summary>The smallest library that has metrana_abi_version: ours, with another number patched into that function.</summary>
    private string OtherInterface()
    {
        string ours = Path.Combine(AppContext.BaseDirectory, "runtimes", NativeLibraryLocator.Rid, "native", NativeLibraryLocator.FileName);
        string wrong = Path.Combine(_folder, "wrong.so");
        File.Copy(ours, wrong);
        AbiVersionPatch.Apply(ours, wrong, 7);
        return wrong;
    }
}
