using System.Text;
using Metrana.Mirrors;
using Metrana.TensorBoard.Protocol;
using Metrana.Tool.Importing;
using Metrana.Tool.Importing.TensorBoard;
using Event = Metrana.TensorBoard.Protocol.Event;
using HistogramProto = Metrana.TensorBoard.Protocol.HistogramProto;

namespace Metrana.TensorBoard.Tests;

/// <summary>What a run logs is in event files, as another reader finds it there.</summary>
public sealed class TensorBoardMirrorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metrana-tensorboard-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Numbers_are_read_back_with_their_steps_and_times()
    {
        DateTimeOffset at = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        Played played = Play(run =>
        {
            run.Log("loss", [3.0, 2.0]);
            run.Log("loss", 0.5, step: 10, labels: [("split", "train"), ("gpu", "0")], timestamp: at);
            run.Log("loss", double.NaN, step: 11);
            run.Series("loss", "EPOCH").Log(7.0);
            run.Evaluation.Log("loss", 1.0, step: 3);
            run.Log("large", 1e300, step: 1);
        });
        played.Points.Select(point => (point.Series.Metric, point.Step, Value: point.Value)).Should().Equal(
            ("loss", 0, 3.0),
            ("loss", 1, 2.0),
            ("loss/gpu=0,split=train", 10, 0.5),
            ("loss", 11, double.NaN),
            ("loss (EPOCH)", 0, 7.0),
            ("eval/loss", 3, 1.0),
            ("large", 1, double.PositiveInfinity));
        played.Points[2].TimestampMillis!.Value.Should().BeCloseTo(at.ToUnixTimeMilliseconds(), 1);
    }

    [Fact]
    public void Values_of_environments_are_a_mean_at_the_rl_step_or_have_tags_of_their_own()
    {
        void Log(Run run) => run.RlSeries("entropy").Log([1.0, 2.0, 3.0, 4.0], 5, ["a", "b"], width: 2);
        Play(Log).Points.Select(point => (point.Series.Metric, point.Step, point.Value)).Should().Equal(("entropy", 5, 2.5));
        Play(Log, everyEnvironment: true).Points.Select(point => (point.Series.Metric, point.Step, point.Value)).Should().Equal(
            ("entropy/environment=a", 0, 1.0), ("entropy/environment=a", 1, 2.0), ("entropy/environment=b", 0, 3.0), ("entropy/environment=b", 1, 4.0));
    }

    [Fact]
    public void Histograms_are_read_back_bin_by_bin()
    {
        Played played = Play(run =>
        {
            run.LogHistogram("weights", [-1.0, 0.0, 0.5, 4.0], [1, 0, 7], step: 3);
            run.LogScatter("s", [1.0], [2.0], step: 2);
        });
        ImportedHistogram histogram = played.Items.OfType<ImportedHistogram>().Single();
        (histogram.Series.Metric, histogram.Step).Should().Be(("weights", 3));
        histogram.Bins.Edges.ToArray().Should().Equal(-1.0, 0.0, 0.5, 4.0);
        using Run again = Run.InMemory();
        again.LogHistogram("weights", histogram.Bins, step: 3);
        again.Recording.Histograms.Single().Counts.Should().Equal(1, 0, 7);
        HistogramProto proto = played.Events.Single(one => one.Summary?.Value[0].Histo is not null).Summary.Value[0].Histo;
        (proto.Min, proto.Max, proto.Num, proto.Sum, proto.SumSquares).Should().Be((-1.0, 4.0, 8.0, (7 * 2.25) - 0.5, 0.25 + (7 * 2.25 * 2.25)));
        played.Mirror.LeftOut.Should().Be(1);
    }

    [Fact]
    public void Texts_stand_at_their_steps()
    {
        Played played = Play(run =>
        {
            run.SetDescription("a sweep");
            run.Log("loss", 1.0, step: 40);
            run.Annotate("checkpoint", new Dictionary<string, object?> { ["path"] = "a|b.pt" }, step: 4);
            run.Annotate("note");
            run.LogEnvironmentAttributes("env-0", new Dictionary<string, object?> { ["seed"] = 7 });
            run.Tags.Add("x");
        });
        played.Items.OfType<ImportedAttributes>().SelectMany(one => one.Values).Select(one => $"{one.Key}: {one.Value}").Should().Equal(
            "description: a sweep",
            "annotations: checkpoint\n\n| | |\n|---|---|\n| path | a\\|b.pt |",
            "annotations: note",
            "environments/env-0: | | |\n|---|---|\n| seed | 7 |",
            "tags: added: x; removed: ");
        played.Events.Where(one => one.Summary?.Value[0].Tag == "annotations").Select(one => one.Step).Should().Equal(4, 40);
        played.Events.Where(one => one.Summary?.Value[0].Tag == "annotations").Should().OnlyContain(one => one.Summary.Value[0].Metadata.PluginData.PluginName == "text");
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void The_configuration_is_hyperparameters_and_the_outcome_their_status(bool fails, int status)
    {
        Played played = Play(run =>
        {
            run.LogConfig(new { lr = 0.1, layers = new[] { 64, 32 } });
            run.LogConfig(new { amp = true, name = "ppo", limit = double.PositiveInfinity });
            run.Log("loss", 1.0);
            run.LogConfig(new { lr = 0.2 });
            if (fails)
            {
                run.Fail("diverged");
            }
        });
        List<(string Tag, HParamsPluginData Data)> hparams = [.. played.Events
            .Where(one => one.Summary?.Value[0].Metadata?.PluginData.PluginName == "hparams")
            .Select(one => (one.Summary.Value[0].Tag, HParamsPluginData.Parser.ParseFrom(one.Summary.Value[0].Metadata.PluginData.Content)))];
        hparams.Select(one => one.Tag).Should().Equal("_hparams_/session_start_info", "_hparams_/session_end_info");
        hparams.Should().OnlyContain(one => one.Data.Version == 0);
        hparams[0].Data.SessionStartInfo.Hparams.Select(one => $"{one.Key}: {one.Value}").Should().BeEquivalentTo(
            "lr: 0.1", "layers/0: 64", "layers/1: 32", "amp: true", "name: \"ppo\"", "limit: \"\"");
        hparams[0].Data.SessionStartInfo.StartTimeSecs.Should().BeGreaterThan(1.7e9);
        hparams[1].Data.SessionEndInfo.Status.Should().Be((Status)status);
    }

    [Fact]
    public void A_file_begins_as_every_event_file_does()
    {
        Played played = Play(_ => { });

        // The length of the first event is 24, and these four bytes are its checksum, in any file that TensorFlow has written.
        byte[] bytes = File.ReadAllBytes(played.File);
        bytes[..13].Should().Equal(24, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22, 0x09);
        Encoding.UTF8.GetString(bytes, 21, 15).Should().Be("\u001a\u000dbrain.Event:2");
        Path.GetFileName(played.File).Should().MatchRegex(@"^events\.out\.tfevents\.[0-9]{10}\..+$");
    }

    [Fact]
    public void Every_field_has_the_number_that_TensorFlow_gives_it()
    {
        DateTimeOffset at = new(2026, 1, 2, 3, 4, 5, 500, TimeSpan.Zero);
        Played played = Play(run =>
        {
            run.LogConfig(new { lr = 0.5 });
            run.Log("loss", 0.25, step: 300, timestamp: at);
            run.LogHistogram("weights", [-1.0, 0.0, 4.0], [1, 3], step: 7);
            run.Annotate("checkpoint", step: 9);
        });

        // Event: wall_time 1, step 2, file_version 3, summary 5. Summary: value 1. Its value: tag 1, simple_value 2, histo 5, tensor 8,
        // metadata 9. These are the numbers of TensorFlow's own event.proto, summary.proto and tensor.proto.
        List<WireMessage> events = [.. WireMessage.Records(played.File)];
        events[0].Fields.Should().Equal(1, 3);
        events[0].Text(3).Should().Be("brain.Event:2");
        Dictionary<string, (WireMessage Event, WireMessage Value)> values = events.Skip(1)
            .Select(one => (Event: one, Value: one.Message(5).Messages(1).Single())).ToDictionary(one => one.Value.Text(1));

        (WireMessage Event, WireMessage Value) loss = values["loss"];
        (loss.Event.Int(2), loss.Event.Double(1), loss.Value.Float(2)).Should().Be((300, at.ToUnixTimeMilliseconds() / 1000.0, 0.25f));
        loss.Value.Fields.Should().Equal(1, 2);

        // HistogramProto: min 1, max 2, num 3, sum 4, sum_squares 5, bucket_limit 6, bucket 7.
        (WireMessage Event, WireMessage Value) weights = values["weights"];
        WireMessage histogram = weights.Value.Message(5);
        weights.Event.Int(2).Should().Be(7);
        (histogram.Double(1), histogram.Double(2), histogram.Double(3), histogram.Double(4), histogram.Double(5)).Should().Be((-1.0, 4.0, 4.0, 5.5, 12.25));
        histogram.Doubles(6).Should().Equal(0.0, 4.0);
        histogram.Doubles(7).Should().Equal(1.0, 3.0);

        // SummaryMetadata: plugin_data 1 with plugin_name 1 and content 2. TensorProto: dtype 1, tensor_shape 2 with dim 2 and size 1, string_val 8.
        (WireMessage Event, WireMessage Value) note = values["annotations"];
        note.Event.Int(2).Should().Be(9);
        note.Value.Message(9).Message(1).Text(1).Should().Be("text");
        WireMessage text = note.Value.Message(8);
        (text.Int(1), text.Message(2).Message(2).Int(1), text.Text(8)).Should().Be((7, 1, "checkpoint"));

        // HParamsPluginData: session_start_info 3, session_end_info 4. The former: hparams 1, a map of key 1 to a Value 2 whose number is 2.
        WireMessage plugin = values["_hparams_/session_start_info"].Value.Message(9).Message(1);
        plugin.Text(1).Should().Be("hparams");
        WireMessage entry = plugin.Message(2).Message(3).Messages(1).Single();
        (entry.Text(1), entry.Message(2).Double(2)).Should().Be(("lr", 0.5));
        values["_hparams_/session_end_info"].Value.Message(9).Message(1).Message(2).Message(4).Int(1).Should().Be(1, "it succeeded");
    }

    [Fact]
    public async Task What_was_written_is_there_while_the_run_goes_on()
    {
        TensorBoardMirror mirror = new(_folder.FullName);
        using Run run = Run.InMemory(mirrors: [mirror]);
        run.Log("loss", 1.0);
        await Eventually.ShouldAsync(() => run.Mirrors[0].Written == 1, "the mirror has written it");
        Items(mirror.FilePath!).Should().ContainSingle("a process that is killed now loses nothing of it");
    }

    [Fact]
    public void A_file_that_ends_anywhere_is_read_up_to_there()
    {
        Played played = Play(run =>
        {
            for (int i = 0; i < 5; i++)
            {
                run.Log("loss", i);
            }
        });
        byte[] whole = File.ReadAllBytes(played.File);
        int before = 0;
        for (int length = 0; length <= whole.Length; length++)
        {
            string cut = Path.Combine(_folder.FullName, "cut.tfevents");
            File.WriteAllBytes(cut, whole[..length]);
            int read = Items(cut).Count;
            read.Should().BeInRange(before, before + 1);
            before = read;
        }

        before.Should().Be(5);
    }

    [Fact]
    public void A_run_that_goes_on_has_a_further_file_and_names_lead_nowhere()
    {
        for (int i = 0; i < 2; i++)
        {
            int value = i;
            Play(run => run.Log("loss", value, step: value), name: "../a:b");
        }

        string folder = Path.Combine(_folder.FullName, "_a_b");
        Directory.EnumerateFiles(folder).Should().HaveCount(2);
        new TensorBoardImport(_folder.FullName).Read().OfType<ImportedPoint>().Select(point => point.Value).Should().BeEquivalentTo([0.0, 1.0]);
        FluentActions.Invoking(() => new TensorBoardMirror(" ")).Should().Throw<ArgumentException>();
    }

    private static List<ImportItem> Items(string file) => [.. new TensorBoardImport(file).Read()];

    /// <summary>Lets a mirror have what a run logs, and reads its file.</summary>
    private Played Play(Action<Run> log, bool everyEnvironment = false, string? name = null)
    {
        TensorBoardMirror mirror = new(_folder.FullName) { EveryEnvironment = everyEnvironment };
        Run run = Run.InMemory(mirrors: [name is null ? mirror : new Renamed(mirror, name)]);
        log(run);
        run.Close();
        run.Mirrors[0].Should().Match<MirrorDelivery>(one => one.Written == one.Added && one.Dropped == 0);
        using FileStream stream = File.OpenRead(mirror.FilePath!);
        RecordReader records = new(stream, mirror.FilePath!);
        List<Event> events = [];
        while (records.Next() is { } record)
        {
            events.Add(Event.Parser.ParseFrom(record));
        }

        records.WasCut.Should().BeFalse();
        return new Played(mirror, mirror.FilePath!, events, Items(mirror.FilePath!));
    }

    private sealed record Played(TensorBoardMirror Mirror, string File, IReadOnlyList<Event> Events, IReadOnlyList<ImportItem> Items)
    {
        public IReadOnlyList<ImportedPoint> Points => [.. Items.OfType<ImportedPoint>()];
    }

    /// <summary>A mirror that sees its run under another name.</summary>
    private sealed class Renamed(IRunMirror inner, string name) : IRunMirror
    {
        public string Name => inner.Name;

        public ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken) => inner.StartAsync(run with { Name = name }, cancellationToken);

        public ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken) => inner.WriteAsync(records, cancellationToken);

        public ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken) => inner.EndAsync(ended, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
