using Metrana.Protobuf.Ingestion.V1.Svc;

namespace Metrana.WireCapture.Decode;

/// <summary>Reads the streams of a run as a server must, and is strict about the rules that a client has to keep.</summary>
public static class RunDecoder
{
    /// <summary>Decodes the messages of a run's streams, in the order they came.</summary>
    /// <exception cref="InvalidDataException">They break a rule of the protocol.</exception>
    public static DecodedRun Decode(IEnumerable<IEnumerable<UpdateRunRequest>> streams)
    {
        var run = new DecodedRun();
        var seen = new HashSet<(ulong Logger, ulong Session, ulong Number)>();
        foreach (var stream in streams)
        {
            var declared = new HashSet<ulong>(); // A declaration holds for its stream; the id for the logger's life.
            foreach (var message in stream)
            {
                Add(run, message, declared, seen);
            }
        }

        return run;
    }

    private static void Add(
        DecodedRun run, UpdateRunRequest message, HashSet<ulong> declared, HashSet<(ulong Logger, ulong Session, ulong Number)> seen)
    {
        foreach (var declaration in message.SeriesDeclarations)
        {
            run.Declare(declaration.DeclarationId, SeriesKey.Of(declaration));
            declared.Add(declaration.DeclarationId);
        }

        if (message.SequenceNumber != 0)
        {
            if (!seen.Add((message.LoggerId, message.LoggerSessionId, message.SequenceNumber)))
            {
                run.Duplicates++;
                return;
            }

            run.SequenceNumbers.Add(message.SequenceNumber);
        }

        CheckDeclared(message, declared);
        Each(message.Series, run.Add);
        Each(message.RlSeries, run.Add);
        Each(message.HistogramSeries, run.Add);
        Each(message.ScatterSeries, run.Add);
        Each(message.EnvAttrUpdates, run.Add);
        run.Attributes.AddRange(message.Attributes);
        run.Closed |= message.CloseRun is not null;
    }

    private static void CheckDeclared(UpdateRunRequest message, HashSet<ulong> declared)
    {
        ulong[] used =
        [
            .. message.Series.Select(series => series.SeriesId),
            .. message.RlSeries.Select(series => series.SeriesId),
            .. message.HistogramSeries.Select(series => series.SeriesId),
            .. message.ScatterSeries.Select(series => series.SeriesId),
        ];
        foreach (var id in used.Where(id => !declared.Contains(id)))
        {
            throw new InvalidDataException($"Series {id} has points on a stream that does not declare it.");
        }
    }

    private static void Each<T>(IEnumerable<T> updates, Action<T> add)
    {
        foreach (var update in updates)
        {
            add(update);
        }
    }
}
