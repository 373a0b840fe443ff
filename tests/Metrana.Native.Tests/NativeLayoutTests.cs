using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Metrana.Native.Interop;
using Metrana.Native.Tests.Support;

namespace Metrana.Native.Tests;

/// <summary>What crosses the border is the same on both sides: the structures, field by field, and the functions.</summary>
public class NativeLayoutTests
{
    /// <summary>Sizes of C's types on every platform that has 64 bits.</summary>
    private static readonly Dictionary<string, int> _sizes = new()
    {
        ["uint8_t"] = 1,
        ["int32_t"] = 4,
        ["uint32_t"] = 4,
        ["int64_t"] = 8,
        ["uint64_t"] = 8,
        ["size_t"] = 8,
        ["uintptr_t"] = 8,
        ["double"] = 8,
        ["metrana_str"] = 16,
        ["metrana_bytes"] = 16,
        ["metrana_kind_counters"] = 56,
        ["metrana_series_name"] = 48,
        ["metrana_timestamps"] = 32,
        ["metrana_series"] = 16,
    };

    public static TheoryData<Type, string> Structures => new()
    {
        { typeof(NativeText), "metrana_str" },
        { typeof(NativeBytes), "metrana_bytes" },
        { typeof(NativeLabel), "metrana_label" },
        { typeof(NativeConfig), "metrana_config" },
        { typeof(NativeAggregationRule), "metrana_aggregation_rule" },
        { typeof(NativeStdFloats), "metrana_std_floats" },
        { typeof(NativeRlFloats), "metrana_rl_floats" },
        { typeof(NativeHistogram), "metrana_histogram" },
        { typeof(NativeHistograms), "metrana_histograms" },
        { typeof(NativeScatter), "metrana_scatter" },
        { typeof(NativeScatters), "metrana_scatters" },
        { typeof(NativeSeries), "metrana_series" },
        { typeof(NativeSeriesName), "metrana_series_name" },
        { typeof(NativeTimestamps), "metrana_timestamps" },
        { typeof(NativePiece), "metrana_piece" },
        { typeof(NativeSeriesState), "metrana_series_state" },
        { typeof(NativeEnvironmentState), "metrana_environment_state" },
        { typeof(NativeField), "metrana_field" },
        { typeof(NativeKindCounters), "metrana_kind_counters" },
        { typeof(NativeCounters), "metrana_counters" },
        { typeof(NativeRunInfo), "metrana_run_info" },
    };

    [Theory]
    [MemberData(nameof(Structures))]
    public void A_structure_has_the_size_that_the_library_takes_it_for(Type ours, string theirs)
    {
        NativeLibraryLocator.EnsureLoaded();
        IReadOnlyDictionary<string, int> numbers = NativeHeader.Enumeration("metrana_struct");
        string name = theirs["metrana_".Length..].ToUpperInvariant();

        ((int)NativeMethods.AbiStructSize(numbers[name])).Should().Be(Size(ours));
    }

    [Fact]
    public void Every_structure_that_the_library_knows_is_compared() =>
        NativeHeader.Enumeration("metrana_struct").Keys.Should().BeEquivalentTo(
            Structures.Select(row => ((string)row[1])["metrana_".Length..].ToUpperInvariant()));

    [Theory]
    [MemberData(nameof(Structures))]
    public void A_structure_has_the_fields_of_the_header_at_their_places(Type ours, string theirs)
    {
        List<(string Name, int Offset, int Size)> expected = [];
        int offset = 0;
        foreach ((string name, string type, int count) in NativeHeader.Structure(theirs))
        {
            int size = type.Contains('*', StringComparison.Ordinal) ? 8 : _sizes[type.Replace("const ", "", StringComparison.Ordinal)];
            int alignment = Math.Min(size, 8);
            offset = (offset + alignment - 1) / alignment * alignment;
            expected.Add((name.Replace("_", "", StringComparison.Ordinal), offset, size * count));
            offset += size * count;
        }

        FieldInfo[] fields = ours.GetFields(BindingFlags.Instance | BindingFlags.Public);
        fields.Select(field => (OurName(field), Offset(ours, field), Size(field.FieldType)))
            .Should().BeEquivalentTo(expected, options => options.WithStrictOrdering());
    }

    [Fact]
    public void Every_function_of_the_header_is_imported_and_no_other()
    {
        HashSet<string> imported = [.. typeof(NativeMethods).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => method.GetCustomAttribute<LibraryImportAttribute>()?.EntryPoint ?? Raw(method))
            .OfType<string>()];

        imported.Should().BeEquivalentTo(NativeHeader.Functions());

        static string? Raw(MethodInfo method) => method.GetCustomAttribute<DllImportAttribute>()?.EntryPoint;
    }

    [Fact]
    public void The_number_of_the_interface_is_the_one_of_the_header() =>
        Sources.Read("native", "metrana-capi", "include", "metrana.h")
            .Should().Contain($"#define METRANA_ABI_VERSION {NativeLibraryLocator.AbiVersion}");

    [Fact]
    public void The_choices_have_the_numbers_of_the_header()
    {
        Same<ResumeStrategy>("metrana_resume");
        Same<EventFields.FieldKind>("metrana_field_kind");
        Same<SeriesContent>("metrana_values");
        Same<Backpressure>("metrana_backpressure");
        Same<DeliveryPolicy>("metrana_delivery_policy");
        Same<ErrorStrategy>("metrana_error_strategy");
        Same<StepsKind>("metrana_steps_kind");
        Same<TimestampsKind>("metrana_timestamps_kind");
        Same<NativeLogger.ColumnType>("metrana_dtype");
        Same<SpreadKind>("metrana_spread");
        Same<StepStrategy>("metrana_step_strategy");
        Same<AggregationFunction>("metrana_aggregation_function");
        Same<NativeLogger.World>("metrana_world");
        Same<NativeLogger.AttributeTarget>("metrana_target");
        Same<AttributeTree.Node>("metrana_node");
        Same<EventPump.EventType>("metrana_event_type");

        static void Same<T>(string theirs)
            where T : struct, Enum =>
            Enum.GetValues<T>().ToDictionary(value => value.ToString().ToUpperInvariant(), value => Convert.ToInt32(value))
                .Should().BeEquivalentTo(NativeHeader.Enumeration(theirs).ToDictionary(
                    row => row.Key.Replace("_", "", StringComparison.Ordinal), row => row.Value));
    }

    [Fact]
    public void The_library_says_the_version_of_the_package()
    {
        NativeLibraryLocator.EnsureLoaded();
        string version = typeof(Logger).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

        Utf8.Read(NativeMethods.Version()).Should().Be(version.Split('+')[0]);
    }

    private static int Size(Type type) =>
        type.IsPointer ? 8 : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static int Offset(Type type, FieldInfo field) => (int)Marshal.OffsetOf(type, field.Name);

    /// <summary>Two names differ on purpose: what C calls a pointer and a length is a start and a length here.</summary>
    private static string OurName(FieldInfo field) => field.Name switch
    {
        "Start" => "ptr",
        "Length" => "len",
        _ => field.Name.ToLowerInvariant(),
    };
}
