namespace SimpleFlow.Images;

/// <summary>A folder of images with a sub-folder for each class: <c>pets/cat/1.png</c>, <c>pets/dog/2.jpg</c>.</summary>
public sealed class PictureFolder
{
    private PictureFolder(Pictures pictures, DataArray labels, IReadOnlyList<string> classes, IReadOnlyList<string> leftOut) =>
        (Pictures, Labels, Classes, LeftOut) = (pictures, labels, classes, leftOut);

    /// <summary>The images, class by class.</summary>
    public Pictures Pictures { get; }

    /// <summary>The number of each image's class, [images].</summary>
    public DataArray Labels { get; }

    /// <summary>The names of the classes: of the sub-folders, in their order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What in the folder is not read, a sentence for each kind: <c>9 files skipped: .tif 5, .txt 4</c>.
    /// Hidden files and those of the system are not mentioned.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Reads the images.</summary>
    /// <param name="folder">The folder with a sub-folder for each class.</param>
    /// <param name="rows">As for <see cref="Pictures.Read"/>.</param>
    /// <param name="columns">As for <see cref="Pictures.Read"/>.</param>
    /// <param name="channels">As for <see cref="Pictures.Read"/>.</param>
    /// <param name="classes">The classes that number the labels, such as those of a network; those of the folder by default.</param>
    /// <param name="progress">As for <see cref="Pictures.Read"/>.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="DataException">There is no such folder, there are fewer than two classes or an unknown one, or an image
    /// is damaged; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PictureFolder Read(
        string folder, int? rows = null, int? columns = null, int? channels = null, IReadOnlyList<string>? classes = null,
        IProgress<ReadingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var listings = ListingsIn(folder, cancellation);
        var found = listings.Where(one => one.Listing.Pictures.Count > 0).ToList();
        string[] missed = [.. Missed(folder, listings)];
        var instead = missed.Length == 0 ? "" : $" Not read: {string.Join("; ", missed)}.";
        if (classes is null && found.Count < 2)
            throw new DataException(
                $"{folder}: a folder of images needs a sub-folder with PNG or JPEG files for each class, and at least two; there "
                    + $"{(found.Count == 1 ? "is one" : "are none")}.{instead}");
        if (found.Count == 0) throw new DataException($"{folder}: there are no sub-folders with images.{instead}");
        if (found.Select(one => one.Name).FirstOrDefault(name => classes?.Contains(name, StringComparer.Ordinal) == false) is { } stranger)
            throw new DataException(
                $"{Path.Combine(folder, stranger)}: there is no class '{stranger}' among "
                    + $"{string.Join(", ", classes!.Select(name => $"'{name}'"))}.");
        classes ??= [.. found.Select(one => one.Name)];
        var (files, labels) = (new List<string>(), new List<int>());
        foreach (var (name, own) in found)
        {
            files.AddRange(own.Pictures);
            labels.AddRange(Enumerable.Repeat(classes.Index().First(one => one.Item == name).Index, own.Pictures.Count));
        }
        return new PictureFolder(Pictures.Read(files, rows, columns, channels, progress, cancellation), labels.ToArray(), classes, missed);
    }

    /// <summary>The sub-folders that hold images, in the order of their names, without hidden ones.</summary>
    /// <exception cref="DataException">There is no such folder.</exception>
    public static IReadOnlyList<string> ClassesIn(string folder) =>
        [.. ListingsIn(folder, CancellationToken.None).Where(one => one.Listing.Pictures.Count > 0).Select(one => one.Name)];

    private static List<(string Name, PictureListing Listing)> ListingsIn(string folder, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new DataException($"{folder}: there is no such folder.");
        var names = new DirectoryInfo(folder).EnumerateDirectories().Where(one => !PictureListing.IsHidden(one)).Select(one => one.Name)
            .Order(StringComparer.Ordinal);
        var listings = new List<(string, PictureListing)>();
        foreach (var name in names)
        {
            cancellation.ThrowIfCancellationRequested();
            listings.Add((name, PictureListing.Of(Path.Join(folder, name))));
        }
        return listings;
    }

    private static IEnumerable<string> Missed(string folder, List<(string Name, PictureListing Listing)> listings)
    {
        var beside = new DirectoryInfo(folder).EnumerateFiles().Where(one => !PictureListing.IsHidden(one)).Select(one => one.Name)
            .ToList();
        var others = listings.SelectMany(one => one.Listing.Others).Concat(beside.Where(name => !PictureFile.IsOne(name))).ToList();
        if (others.Count > 0) yield return PictureListing.Sentence(others);
        if (beside.Where(PictureFile.IsOne).Order(StringComparer.Ordinal).ToList() is [var first, ..] loose)
            yield return $"{loose.Count:N0} {(loose.Count == 1 ? "image lies" : "images lie")} beside the folders of the classes and "
                + $"belong{(loose.Count == 1 ? "s" : "")} to none, such as {first}";
        if (listings.Where(one => one.Listing.Pictures.Count == 0).Select(one => one.Name).ToList() is { Count: > 0 } empty)
            yield return $"{(empty.Count == 1 ? "folder" : "folders")} without images: {string.Join(", ", empty)}";
    }
}
