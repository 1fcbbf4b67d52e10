using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// A folder with numbered checkpoints, <c>checkpoint-00001234.safetensors</c> after step 1234. Each is written beside its place first and moved there once it is whole,
/// so that a kill or a full disk leaves the ones before it as they were; one that is damaged nevertheless is passed over.
/// </summary>
internal static class CheckpointFolder
{
    private const string Prefix = "checkpoint-", Ending = ".safetensors";

    public const string Best = "best" + Ending;

    /// <summary>Where the checkpoint after a step goes.</summary>
    public static string PathOf(string folder, long step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}{Ending}"));

    /// <summary>The checkpoints, the newest first.</summary>
    public static IReadOnlyList<string> In(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.EnumerateFiles(folder, $"{Prefix}*{Ending}").Where(path => StepOf(path) is not null).OrderByDescending(path => StepOf(path))];

    /// <summary>Removes all but the newest few.</summary>
    public static void Keep(string folder, int count)
    {
        foreach (var old in In(folder).Skip(count)) File.Delete(old);
    }

    /// <summary>Removes what a process that was killed had begun to write.</summary>
    public static void RemoveUnfinished(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var begun in Directory.EnumerateFiles(folder, $"*{Ending}.*.tmp")) File.Delete(begun);
    }

    /// <summary>The newest that is whole; null where there is none yet.</summary>
    /// <exception cref="DataException">There are some, and all are damaged; the message tells of the newest.</exception>
    public static (string Path, IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)? Newest(string folder)
    {
        DataException? first = null;
        foreach (var path in In(folder))
        {
            try
            {
                var (tensors, metadata) = SafetensorsFile.Read(path, requireChecksum: true);
                return (path, tensors, metadata);
            }
            catch (DataException exception)
            {
                first ??= exception;
            }
        }
        return first is null ? null : throw new DataException($"None of the checkpoints in {folder} can be read. {first.Message}", first);
    }

    private static long? StepOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
}
