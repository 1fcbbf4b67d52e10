namespace SimpleFlow.Images;

/// <summary>A folder of images with a sub-folder for each class: <c>pets/cat/1.png</c>, <c>pets/dog/2.jpg</c>.</summary>
public sealed class PictureFolder
{
    private PictureFolder(Pictures pictures, DataArray labels, IReadOnlyList<string> classes) => (Pictures, Labels, Classes) = (pictures, labels, classes);

    /// <summary>The images, class by class.</summary>
    public Pictures Pictures { get; }

    /// <summary>The number of each image's class, [images].</summary>
    public DataArray Labels { get; }

    /// <summary>The names of the classes: of the sub-folders, in their order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Reads the images.</summary>
    /// <param name="folder">The folder with a sub-folder for each class.</param>
    /// <param name="rows">As for <see cref="Pictures.Read"/>.</param>
    /// <param name="columns">As for <see cref="Pictures.Read"/>.</param>
    /// <param name="channels">As for <see cref="Pictures.Read"/>.</param>
    /// <param name="classes">The classes whose numbers the labels shall be, such as those of a network; those of the folder where nothing is said.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="DataException">There is no such folder, there are fewer than two classes or one that is not known, or an image is damaged; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PictureFolder Read(string folder, int? rows = null, int? columns = null, int? channels = null, IReadOnlyList<string>? classes = null, CancellationToken cancellation = default)
    {
        var found = ClassesIn(folder);
        if (classes is null && found.Count < 2)
            throw new DataException($"{folder}: a folder of images has a sub-folder with PNG or JPEG files for each class, and at least two; there {(found.Count == 1 ? "is one" : "are none")}.");
        if (found.Count == 0) throw new DataException($"{folder}: there are no sub-folders with images.");
        if (found.FirstOrDefault(name => classes?.Contains(name, StringComparer.Ordinal) == false) is { } stranger)
            throw new DataException($"{Path.Combine(folder, stranger)}: there is no class '{stranger}' among {string.Join(", ", classes!.Select(name => $"'{name}'"))}.");
        classes ??= found;
        var (files, labels) = (new List<string>(), new List<int>());
        foreach (var name in found)
        {
            var own = Pictures.In(Path.Combine(folder, name));
            files.AddRange(own);
            labels.AddRange(Enumerable.Repeat(classes.Index().First(one => one.Item == name).Index, own.Count));
        }
        return new PictureFolder(Pictures.Read(files, rows, columns, channels, cancellation), labels.ToArray(), classes);
    }

    /// <summary>The sub-folders that hold images, in the order of their names.</summary>
    /// <exception cref="DataException">There is no such folder.</exception>
    public static IReadOnlyList<string> ClassesIn(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new DataException($"{folder}: there is no such folder.");
        return [.. Directory.EnumerateDirectories(folder).Where(one => Pictures.In(one).Count > 0).Select(one => Path.GetFileName(one)).Order(StringComparer.Ordinal)];
    }
}
