using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// A folder with numbered checkpoints, <c>checkpoint-00001234.safetensors</c> after step 1234.
/// Each is written under a temporary name and renamed once it is complete, so that a kill or a full disk leaves the earlier ones unchanged.
/// One that is damaged anyway is skipped.
/// </summary>
internal static class CheckpointFolder
{
    private const string Prefix = "checkpoint-", Ending = ".safetensors", Pattern = Prefix + "*" + Ending;

    public const string Best = "best" + Ending;

    /// <summary>The path of the checkpoint after a step.</summary>
    public static string PathOf(string folder, long step) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}{Ending}"));

    /// <summary>Removes all but the newest few up to a step. Later ones cannot be read, or <see cref="Begin"/> would have refused the
    /// folder.</summary>
    public static void Keep(string folder, long step, int count, FileLayer files)
    {
        var paths = Sorted(WholeFile.TryList(files, folder, Pattern)).ToList();
        foreach (var path in paths.Where(path => StepOf(path) > step).Concat(paths.Where(path => StepOf(path) <= step).Skip(count)))
            WholeFile.TryDelete(files, path);
    }

    /// <summary>Removes all checkpoints, for a training run that starts again.</summary>
    public static void Clear(string folder, FileLayer files)
    {
        foreach (var path in Sorted(WholeFile.TryList(files, folder, Pattern)).Append(Path.Combine(folder, Best))
            .Concat(WholeFile.TryList(files, folder, HistoryFiles.Pattern)))
            WholeFile.TryDelete(files, path);
    }

    /// <summary>Prepares a folder for a training run that is at a step: removes what a killed process had begun to write.</summary>
    /// <exception cref="DataException">It holds checkpoints of another training run that got further: next to them, those of this one would
    /// look old.</exception>
    public static void Begin(string folder, long step, FileLayer files)
    {
        // Usually the newest is the one that is resumed, and need not be read again.
        if (In(folder).Any(path => StepOf(path) > step) && NewestPath(folder) is { } newest && StepOf(newest) > step)
            throw new DataException(
                $"{newest} is of a training run that is past step {step}, where this one begins. Resume that one "
                    + "(FitOptions.Resume), or save in another folder.");
        WholeFile.RemoveUnfinished(folder, $"*{Ending}", files);
    }

    /// <summary>The newest one that is undamaged, with its whole history, if it is not in the state itself;
    /// null if there is none yet.</summary>
    /// <exception cref="DataException">All checkpoints are damaged; the message describes the newest. Or the folder cannot be
    /// read.</exception>
    public static (SafetensorsReader File, IReadOnlyList<EpochResult>? History)? Newest(string folder)
    {
        Exception? first = null;
        foreach (var path in In(folder))
        {
            SafetensorsReader? file = null;
            try
            {
                // Without the files of its history it cannot be resumed.
                file = SafetensorsReader.Open(path, requireChecksum: true);
                return (file, SavedHistory.Of(file) is { } history ? HistoryFiles.Read(file, history) : null);
            }
            catch (Exception exception) when (exception is DataException || WholeFile.IsOfFiles(exception))
            {
                file?.Dispose();
                first ??= exception;
            }
        }
        return first is null ? null : throw new DataException($"None of the checkpoints in {folder} can be read. {first.Message}", first);
    }

    /// <summary>The path of the newest one that is undamaged.</summary>
    public static string? NewestPath(string folder)
    {
        if (Newest(folder) is not { File: var newest }) return null;
        using (newest) return newest.Path;
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
