namespace SimpleFlow;

/// <summary>
/// The MNIST database of handwritten digits: 60,000 training images and 10,000 test images of
/// 28 × 28 pixels, each with a label from 0 to 9. It reads any other data set under MNIST's file names as well:
/// Fashion-MNIST, KMNIST, or your own.
/// </summary>
public static class Mnist
{
    private static readonly string UsualFolder = Path.Combine("data", "mnist");

    /// <summary>Reads the four files <c>{train,t10k}-{images-idx3,labels-idx1}-ubyte</c>, each plain or as <c>.gz</c>.</summary>
    /// <param name="directory">
    /// The folder with the files. If null, it looks for <c>data/mnist</c> in the current directory and the program's own, and in every
    /// directory above them. The directory of a single-file program is that of its source.
    /// </param>
    /// <param name="classes">How many classes there are; a larger label is refused. If null, the largest label decides:
    /// 10 for MNIST.</param>
    /// <param name="cancellation">Stops after the file that is being read.</param>
    /// <exception cref="DataException">The files are missing or damaged, or do not fit together.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ImageData Load(string? directory = null, int? classes = null, CancellationToken cancellation = default)
    {
        directory ??= Find();
        // Decompression is most of the work. A browser has one thread, and waiting for another would never end.
        if (OperatingSystem.IsBrowser())
            return new ImageData(ReadSet(directory, "train", classes, cancellation), ReadSet(directory, "t10k", classes, cancellation),
                classes);
        var testing = Task.Run(() => ReadSet(directory, "t10k", classes, cancellation), CancellationToken.None);
        var train = ReadSet(directory, "train", classes, cancellation);
        return new ImageData(train, testing.GetAwaiter().GetResult(), classes);
    }

    private static ImageSet ReadSet(string directory, string name, int? classes, CancellationToken cancellation)
    {
        var images = FileOf(directory, $"{name}-images-idx3-ubyte");
        var labels = FileOf(directory, $"{name}-labels-idx1-ubyte");
        var pixels = IdxFile.Read(images, rank: 3, cancellation);
        return new ImageSet(pixels, IdxFile.Read(labels, rank: 1, cancellation), classes);
    }

    private static string FileOf(string directory, string name)
    {
        var plain = Path.Combine(directory, name);
        if (File.Exists(plain)) return plain;
        var compressed = plain + ".gz";
        if (File.Exists(compressed)) return compressed;
        throw new DataException($"{Path.GetFullPath(plain)}: there is no such file, neither plain nor with .gz. {Advice}");
    }

    private static string Find()
    {
        var looked = new List<string>();
        // `dotnet run file.cs` builds into a cache far from the file, and says in this entry where the file is.
        var source = AppContext.GetData("EntryPointFileDirectoryPath") as string;
        foreach (var start in (string[])[Directory.GetCurrentDirectory(), source ?? "", AppContext.BaseDirectory])
        {
            if (start.Length == 0) continue;
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var candidate = Path.Combine(folder.FullName, UsualFolder);
                if (Directory.Exists(candidate)) return candidate;
                if (!looked.Contains(candidate)) looked.Add(candidate);
            }
        }
        throw new DataException($"MNIST was not found. Looked for the folders\n  {string.Join("\n  ", looked)}\n{Advice}");
    }

    private const string Advice =
        "Say where the four files are: --data DIR on the command line, Mnist.Load(\"DIR\") in a program. They are "
        + "called {train,t10k}-images-idx3-ubyte.gz and {train,t10k}-labels-idx1-ubyte.gz, for example train-images-idx3-ubyte.gz, and can "
        + "be had from https://storage.googleapis.com/cvdf-datasets/mnist/.";
}
