namespace SimpleFlow.Images;

/// <summary>
/// The files below a folder, sorted into images and others. Hidden files and folders, and what systems leave beside pictures
/// (<c>__MACOSX</c>, <c>Thumbs.db</c>), are neither.
/// </summary>
public sealed class PictureListing
{
    // Notebooks, macOS, Windows and version control keep files of their own in any folder. Most begin with a dot; these do not.
    private static readonly string[] SystemNames = ["__MACOSX", "Thumbs.db", "ehthumbs.db", "desktop.ini", "Icon\r", "$RECYCLE.BIN",
        "System Volume Information"];

    private PictureListing(IReadOnlyList<string> pictures, IReadOnlyList<string> others) => (Pictures, Others) = (pictures, others);

    /// <summary>The image files, in the order of their names.</summary>
    public IReadOnlyList<string> Pictures { get; }

    /// <summary>The files that are not read, in the order of their names.</summary>
    public IReadOnlyList<string> Others { get; }

    /// <summary>The files in a folder and all below it.</summary>
    /// <exception cref="DataException">There is no such folder.</exception>
    public static PictureListing Of(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new DataException($"{folder}: there is no such folder.");
        var (pictures, others) = (new List<string>(), new List<string>());
        var open = new Stack<DirectoryInfo>([new DirectoryInfo(folder)]);
        while (open.TryPop(out var at))
        {
            foreach (var entry in at.EnumerateFileSystemInfos().Where(one => !IsHidden(one)))
            {
                if (entry is DirectoryInfo below) open.Push(below);
                else (PictureFile.IsOne(entry.Name) ? pictures : others).Add(Path.Join(folder,
                    Path.GetRelativePath(folder, entry.FullName)));
            }
        }
        pictures.Sort(StringComparer.Ordinal);
        others.Sort(StringComparer.Ordinal);
        return new PictureListing(pictures, others);
    }

    /// <summary>How many files are not read, by their endings: <c>9 files skipped: .tif 5, .txt 4</c>. Empty if there are none.</summary>
    public static string Sentence(IReadOnlyCollection<string> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        if (others.Count == 0) return "";
        var endings = others.GroupBy(file => Path.GetExtension(file).ToLowerInvariant(), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{(group.Key.Length == 0 ? "without an ending" : group.Key)} {group.Count():N0}");
        return $"{others.Count:N0} {(others.Count == 1 ? "file" : "files")} skipped: {string.Join(", ", endings)}";
    }

    /// <summary>Whether a file or folder is hidden, or belongs to the system.</summary>
    internal static bool IsHidden(FileSystemInfo entry) =>
        entry.Name.StartsWith('.') || SystemNames.Contains(entry.Name, StringComparer.OrdinalIgnoreCase)
            || entry.Attributes.HasFlag(FileAttributes.Hidden);
}
