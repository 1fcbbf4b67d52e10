using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// A folder with numbered checkpoints, <c>checkpoint-00001234.safetensors</c> after step 1234.
/// Each is written beside its place first and moved there once it is whole, so that a kill or a full disk leaves the ones before it as they
/// were; one that is damaged nevertheless is passed over.
/// </summary>
internal static class CheckpointFolder
{
    private const string Prefix = "checkpoint-", Ending = ".safetensors", Pattern = Prefix + "*" + Ending;

    public const string Best = "best" + Ending;

    /// <summary>Where the checkpoint after a step goes.</summary>
    public static string PathOf(string folder, long step) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}{Ending}"));

    /// <summary>Removes all but the newest few up to a step. What is beyond it cannot be read, or
    /// <see cref="Begin"/> had refused the folder.</summary>
    public static void Keep(string folder, long step, int count, FileLayer files)
    {
        var paths = Sorted(WholeFile.TryList(files, folder, Pattern)).ToList();
        foreach (var path in paths.Where(path => StepOf(path) > step).Concat(paths.Where(path => StepOf(path) <= step).Skip(count)))
            WholeFile.TryDelete(files, path);
    }

    /// <summary>Removes all checkpoints, for a training that begins anew.</summary>
    public static void Clear(string folder, FileLayer files)
    {
        foreach (var path in Sorted(WholeFile.TryList(files, folder, Pattern)).Append(Path.Combine(folder, Best)))
            WholeFile.TryDelete(files, path);
    }

    /// <summary>Makes a folder ready for a training that stands at a step: removes what a process
    /// that was killed had begun to write.</summary>
    /// <exception cref="DataException">It holds checkpoints of another training that came further:
    /// beside them, those of this one would be taken for old.</exception>
    public static void Begin(string folder, long step, FileLayer files)
    {
        if (Newest(folder) is { } newest && StepOf(newest.Path) > step)
            throw new DataException(
                $"{newest.Path} is of a training that has come further than step {step}, where this one begins. Resume that one "
                    + "(FitOptions.Resume), or save in another folder.");
        WholeFile.RemoveUnfinished(folder, $"*{Ending}", files);
    }

    /// <summary>The newest that is whole; null where there is none yet.</summary>
    /// <exception cref="DataException">There are some, and all are damaged; the message tells of the newest.
    /// Or the folder cannot be looked into.</exception>
    public static (string Path, IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)? Newest(
        string folder)
    {
        Exception? first = null;
        foreach (var path in In(folder))
        {
            try
            {
                var (tensors, metadata) = SafetensorsFile.Read(path, requireChecksum: true);
                return (path, tensors, metadata);
            }
            catch (Exception exception) when (exception is DataException || WholeFile.IsOfFiles(exception))
            {
                first ??= exception;
            }
        }
        return first is null ? null : throw new DataException($"None of the checkpoints in {folder} can be read. {first.Message}", first);
    }

    private static IEnumerable<string> In(string folder)
    {
        try
        {
            return Sorted(FileLayer.Disk.List(folder, Pattern));
        }
        catch (Exception exception) when (WholeFile.IsOfFiles(exception))
        {
            throw new DataException($"{folder} cannot be searched for checkpoints: {exception.Message}", exception);
        }
    }

    private static IEnumerable<string> Sorted(IReadOnlyList<string> paths) =>
        paths.Where(path => StepOf(path) is not null).OrderByDescending(StepOf);

    private static long? StepOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture,
            out var step) ? step : null;
}
