using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    /// <summary>What an attribute call writes to; the numbers are the native ones.</summary>
    internal enum AttributeTarget
    {
        Run = 0,
        Config = 1,
        Environment = 2,
    }

    /// <param name="logger">The logger.</param>
    /// <param name="target">What is written to.</param>
    /// <param name="name">The prefix or the environment.</param>
    /// <param name="parameter">How the caller's caller knows the name.</param>
    /// <param name="episode">The episode of the environment.</param>
    /// <param name="value">The value.</param>
    /// <param name="contracts">Where the properties of objects are known from.</param>
    [SkipLocalsInit]
    public static void LogAttributes(
        LoggerHandle logger,
        AttributeTarget target,
        string name,
        string parameter,
        long? episode,
        object? value,
        JsonSerializerOptions? contracts = null)
    {
        Unsafe.SkipInit(out TextTable.Stack stack);
        using TextTable names = new(new ReadOnlySpan<string>(in name), &stack, parameter);

        // Paths in messages are those that the service would show: an environment's begin below it.
        AttributeTree tree = AttributeTree.Of(target == AttributeTarget.Environment ? "" : name, value, contracts);
        try
        {
            fixed (byte* bytes = tree.Bytes)
            {
                nint error = 0;
                int status = NativeMethods.LoggerLogAttributes(
                    logger,
                    (int)target,
                    *names.Start,
                    episode is null ? (byte)0 : (byte)1,
                    (ulong)(episode ?? 0),
                    bytes,
                    (nuint)tree.Bytes.Length,
                    &error);
                NativeError.ThrowIfFailed(status, error);
            }
        }
        finally
        {
            tree.Return();
        }
    }

    [SkipLocalsInit]
    public static void SetTags(LoggerHandle logger, ReadOnlySpan<string> tags)
    {
        Unsafe.SkipInit(out TextTable.Stack stack);
        using TextTable table = new(tags, &stack, nameof(tags));
        nint error = 0;
        int status = NativeMethods.LoggerSetTags(logger, table.Start, table.Count, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    [SkipLocalsInit]
    public static void UpdateTags(LoggerHandle logger, ReadOnlySpan<string> added, ReadOnlySpan<string> removed)
    {
        Unsafe.SkipInit(out TextTable.Stack stack);
        Unsafe.SkipInit(out TextTable.Stack removedStack);
        using TextTable table = new(added, &stack, nameof(added));
        using TextTable removedTable = new(removed, &removedStack, nameof(removed));
        nint error = 0;
        int status = NativeMethods.LoggerUpdateTags(
            logger, table.Start, table.Count, removedTable.Start, removedTable.Count, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    [SkipLocalsInit]
    public static void SetDescription(LoggerHandle logger, string description)
    {
        Unsafe.SkipInit(out TextTable.Stack stack);
        using TextTable table = new(new ReadOnlySpan<string>(in description), &stack, nameof(description));
        nint error = 0;
        int status = NativeMethods.LoggerSetDescription(logger, *table.Start, &error);
        NativeError.ThrowIfFailed(status, error);
    }
}
