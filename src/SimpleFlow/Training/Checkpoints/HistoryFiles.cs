using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// The epochs that the checkpoints of a folder have in common, so that no checkpoint repeats them: files with the same number of epochs
/// each, <c>history-00000256-1f0c….safetensors</c> with the last of the first 256. Each names the one before it, and a checkpoint, which
/// holds the epochs since, names the last. A file is written once. Its name says what is in it, so that the files of two training runs in
/// one folder do not replace each other.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="files">Where to write.</param>
/// <param name="length">How many epochs a file has.</param>
internal sealed class HistoryFiles(string folder, FileLayer files, int length = HistoryFiles.Length)
{
    /// <summary>How many epochs a file has: with them a checkpoint grows by some kilobytes at most, and a training of 100,000 epochs makes
    /// 400 files.</summary>
    public const int Length = 256;

    /// <summary>The names of the files.</summary>
    public const string Pattern = "history-*.safetensors";

    private int _count;
    private string? _last;

    /// <summary>Writes the files that are still missing for all whole lengths of epochs.</summary>
    /// <returns>How many epochs the files hold, and the name of the last; null if there is none.</returns>
    /// <exception cref="SaveException">One cannot be written.</exception>
    public (int Epochs, string? Last) Write(IReadOnlyList<EpochResult> epochs)
    {
        // An epoch whose validation was cancelled is taken back.
        if (epochs.Count < _count) (_count, _last) = (0, null);
        while (epochs.Count - _count >= length)
        {
            var tensors = new Dictionary<string, WrittenTensor>(StringComparer.Ordinal);
            var text = SavedHistory.Put(epochs, _count, _count + length, _last, tensors, new FreeNames([]));
            var name = string.Create(CultureInfo.InvariantCulture, $"history-{_count + length:D8}-{Hash(text, tensors):x16}.safetensors");
            var path = Path.Combine(folder, name);
            if (!IsWhole(path))
                SafetensorsFile.Write(path, tensors, new Dictionary<string, string>(StringComparer.Ordinal) { [SavedHistory.Entry] = text },
                    files);
            (_count, _last) = (_count + length, name);
        }
        return (_count, _last);
    }

    /// <summary>The epochs of a file, and of all files before it.</summary>
    /// <exception cref="DataException">One of them is missing or damaged.</exception>
    public static List<EpochResult> Read(SafetensorsReader file, SavedHistory history)
    {
        var parts = new Stack<List<EpochResult>>();
        parts.Push(history.Epochs(file));
        for (var next = history; next.Earlier is { } name;)
        {
            var before = next.Before;
            // What a file names is beside it, and nowhere else.
            if (Path.GetFileName(name) != name)
                throw file.Damaged($"has a history in '{Quotation.Of(name)}', which is not a file beside it");
            try
            {
                using var earlier = SafetensorsReader.Open(Path.Combine(Path.GetDirectoryName(file.Path) ?? "", name),
                    requireChecksum: true);
                next = SavedHistory.Of(earlier) ?? throw earlier.Damaged("has no history");
                parts.Push(next.Epochs(earlier));
                // Each ends before the one after it, so that they cannot lead in a circle.
                if (parts.Peek().Count == 0 || next.Before + parts.Peek().Count != before)
                    throw earlier.Damaged($"does not end with epoch {before}");
            }
            catch (Exception exception) when (exception is DataException || WholeFile.IsOfFiles(exception))
            {
                throw new DataException(
                    $"{file.Path} continues a history of {NumberText.Count(before, "epoch")} in {Quotation.Of(name)} beside it, which "
                        + $"cannot be read: {exception.Message} If you copied the checkpoint, copy the files {Pattern} of its folder too.",
                    exception);
            }
        }
        return [.. parts.SelectMany(part => part)];
    }

    // Written in an earlier run, and not damaged since.
    private static bool IsWhole(string path)
    {
        if (!File.Exists(path)) return false;
        try
        {
            using var _ = SafetensorsReader.Open(path, requireChecksum: true);
            return true;
        }
        catch (Exception exception) when (exception is DataException || WholeFile.IsOfFiles(exception))
        {
            return false;
        }
    }

    private static ulong Hash(string text, Dictionary<string, WrittenTensor> tensors) =>
        tensors.Values.Aggregate(XxHash64.Of(Encoding.UTF8.GetBytes(text)), (hash, tensor) =>
            XxHash64.Of(tensor.Others is { } others ? others.Bytes : MemoryMarshal.AsBytes(tensor.Values.Span), hash));
}
