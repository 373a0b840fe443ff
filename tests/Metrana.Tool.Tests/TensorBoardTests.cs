using System.Buffers.Binary;
using System.Text;
using FluentAssertions;
using Metrana.TensorBoard.EventFiles;
using Metrana.Tool.Importing.TensorBoard;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

/// <summary>TensorBoard's event files, written here byte by byte.</summary>
public sealed class TensorBoardTests(EmptyServer empty) : IClassFixture<EmptyServer>
{
    [Fact]
    public void The_checksum_is_that_of_the_format()
    {
        // The check value of CRC-32C, 0xE3069283, turned by 15 bits and shifted as the format says.
        const uint crc = 0xE3069283;
        RecordFrame.Checksum("123456789"u8).Should().Be(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8));
        RecordFrame.Checksum(new byte[32]).Should().Be(unchecked(((0x8A9136AAu >> 15) | (0x8A9136AAu << 17)) + 0xA282EAD8));
    }

    [Fact]
    public async Task Numbers_of_both_generations_histograms_and_texts_are_read_and_each_folder_is_a_run()
    {
        empty.File("logs/train/events.out.tfevents.1.host", [
            .. Record([.. Double(1, 1_700_000_000.5), .. Text(3, "brain.Event:2")]),
            .. Record(Event(0, Text(1, "loss"), Float(2, 0.5f))),
            .. Record(Event(1, Text(1, "loss"), Float(2, 0.25f))),
            .. Record(Event(1, Text(1, "lr"), Field(8, [.. Whole(1, 1), .. Field(4, BitConverter.GetBytes(0.125f))]))),
            .. Record(Event(2, Text(1, "weights"), Field(5, [
                .. Double(1, -1), .. Double(2, 3), .. Packed(6, 0.0, 2.0, double.MaxValue), .. Packed(7, 4, 5, 1)]))),
            .. Record(Event(0, Text(1, "notes/args"), Field(8, [.. Whole(1, 7), .. Field(8, "batch 64"u8.ToArray())]))),
            .. Record(Event(0, Text(1, "picture"), Field(4, [1, 2]))),
        ]);
        empty.File("logs/eval/events.out.tfevents.1.host", Record(Event(7, Text(1, "loss"), Float(2, 4f))));

        var result = await empty.Tool().RunAsync("import", empty.Place("logs"), "--project", "tb");

        result.Code.Should().Be(0, result.Error);
        result.Error.Should().Contain("picture");
        (await empty.Tool().RunAsync("get", "tb/train", "loss")).Rows.Should().BeEquivalentTo(
            (string[][])[["0", "2023-11-14T22:13:20.500Z", "0.5"], ["1", "2023-11-14T22:13:20.500Z", "0.25"]]);
        (await empty.Tool().RunAsync("get", "tb/train", "lr")).Rows.Single()[2].Should().Be("0.125");
        (await empty.Tool().RunAsync("get", "tb/eval", "loss")).Rows.Single()[0].Should().Be("7");
        var run = (await empty.Server.FindRunAsync("train", project: "tb"))!;
        var weights = (await empty.Server.GetSeriesAsync(run.RunId)).Single(series => series.Metric == "weights");
        var histogram = (await empty.Server.GetHistogramsAsync(run.RunId, weights.Id)).Single();
        histogram.BinEdges.Should().Equal(-1, 0, 2, 3);
        histogram.Counts.Should().Equal(4, 5, 1);
        (await empty.Tool().RunAsync("show", "tb/train", "--all")).Lines.Should().Contain("notes/args\tbatch 64");
    }

    [Fact]
    public async Task A_file_whose_writer_was_cut_off_is_read_up_to_there()
    {
        byte[] whole = [.. Record(Event(0, Text(1, "loss"), Float(2, 1))), .. Record(Event(1, Text(1, "loss"), Float(2, 2)))];
        for (var cut = 1; cut <= 20; cut += 6)
        {
            var file = empty.File($"cut{cut}/events.tfevents.1", whole[..^cut]);

            var result = await empty.Tool().RunAsync("import", file, "--name", $"cut{cut}");

            result.Code.Should().Be(0, result.Error);
            result.Error.Should().Contain("ends within a record");
            (await empty.Tool().RunAsync("get", $"cut{cut}", "loss")).Rows.Should().ContainSingle();
        }
    }

    [Fact]
    public async Task A_damaged_file_is_refused_wherever_the_damage_is()
    {
        byte[] whole = [.. Record(Event(0, Text(1, "loss"), Float(2, 1))), .. Record(Event(1, Text(1, "loss"), Float(2, 2)))];
        var before = (await empty.Server.GetRunsAsync()).Count;
        for (var at = 0; at < whole.Length; at += 5)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x40;
            var file = empty.File("damaged/events.tfevents.1", damaged);

            var result = await empty.Tool().RunAsync("import", file);

            result.Code.Should().Be(1, $"byte {at} is damaged");
            result.Error.Should().Contain("wrong checksum");
        }

        (await empty.Server.GetRunsAsync()).Should().HaveCount(before);
    }

    private static byte[] Event(long step, params byte[][] value) =>
        [.. Double(1, 1_700_000_000.5), .. Whole(2, (ulong)step), .. Field(5, Field(1, [.. value.SelectMany(part => part)]))];

    private static byte[] Record(byte[] body)
    {
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)body.Length);
        return [.. head, .. Checksum(head), .. body, .. Checksum(body)];
    }

    /// <summary>Bit by bit, so that it shares nothing with what it tests.</summary>
    private static byte[] Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F63B78);
            }
        }

        crc = ~crc;
        return BitConverter.GetBytes(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8));
    }

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    private static byte[] Whole(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

    private static byte[] Double(int field, double value) => [.. Varint(((ulong)field << 3) | 1), .. BitConverter.GetBytes(value)];

    private static byte[] Float(int field, float value) => [.. Varint(((ulong)field << 3) | 5), .. BitConverter.GetBytes(value)];

    private static byte[] Field(int field, byte[] bytes) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)bytes.Length), .. bytes];

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Packed(int field, params double[] values) => Field(field, [.. values.SelectMany(BitConverter.GetBytes)]);
}
