namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    public static IReadOnlyList<SeriesState> ListSeries(LoggerHandle logger)
    {
        nint list = 0;
        nint error = 0;
        NativeError.ThrowIfFailed(NativeMethods.LoggerListSeries(logger, &list, &error), error);
        try
        {
            SeriesState[] all = new SeriesState[checked((int)NativeMethods.SeriesListLength(list))];
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = Read(*NativeMethods.SeriesListGet(list, (nuint)i));
            }

            return all;
        }
        finally
        {
            NativeMethods.SeriesListFree(list);
        }
    }

    public static IReadOnlyList<EnvironmentState> ListEnvironments(LoggerHandle logger)
    {
        nint list = 0;
        nint error = 0;
        NativeError.ThrowIfFailed(NativeMethods.LoggerListEnvironments(logger, &list, &error), error);
        try
        {
            EnvironmentState[] all = new EnvironmentState[checked((int)NativeMethods.EnvironmentListLength(list))];
            for (int i = 0; i < all.Length; i++)
            {
                NativeEnvironmentState state = *NativeMethods.EnvironmentListGet(list, (nuint)i);
                all[i] = new EnvironmentState
                {
                    Name = Utf8.Read(state.Name),
                    LastRlStep = state.HasRlStep != 0 ? checked((long)state.RlStep) : null,
                    LastEpisode = state.HasEpisode != 0 ? checked((long)state.Episode) : null,
                };
            }

            return all;
        }
        finally
        {
            NativeMethods.EnvironmentListFree(list);
        }
    }

    private static SeriesState Read(in NativeSeriesState state)
    {
        KeyValuePair<string, string>[] labels = new KeyValuePair<string, string>[checked((int)state.Name.LabelCount)];
        for (int i = 0; i < labels.Length; i++)
        {
            NativeLabel label = state.Name.Labels[i];
            labels[i] = new(Utf8.Read(label.Key), Utf8.Read(label.Value));
        }

        return new SeriesState
        {
            Metric = Utf8.Read(state.Name.Metric),
            Scale = Utf8.Read(state.Name.Scale),
            Labels = labels.Length == 0 ? Labels.None : new Labels(labels),
            Content = (SeriesContent)state.Values,
            IsReinforcementLearning = state.World == (int)World.Rl,
            IsDistributed = state.Ordered == 0 && state.Values <= (int)SeriesContent.Floats,
            HasEpisodes = state.Episodic != 0,
            LastStep = state.HasLastStep != 0 ? checked((long)state.LastStep) : null,
            LastValue = state.HasLastValue != 0 ? state.LastValue : null,
        };
    }
}
