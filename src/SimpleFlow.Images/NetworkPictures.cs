namespace SimpleFlow.Images;

/// <summary>Reads image files for a network: decodes them and converts them to the size and the channels of training.</summary>
public static class NetworkPictures
{
    /// <summary>Reads an image file, or all in a folder and below it, as the network takes images.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file or the folder.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="DataException">The network takes no images, there are none, or one is damaged;
    /// the message names the file.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Pictures ReadPictures(this Network network, string path, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var input = InputOf(network);
        var files = Directory.Exists(path) ? Pictures.In(path) : [path];
        if (files.Count == 0) throw new DataException($"{path}: there are no images in this folder.");
        return Pictures.Read(files, input.Rows, input.Columns, input.Channels, cancellation: cancellation);
    }

    /// <summary>The likeliest class of an image file, or of each in a folder and below it, in the order of their names.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file or the folder.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="GraphException">The network does not predict classes.</exception>
    /// <exception cref="DataException">The network takes no images, there are none, or one is damaged;
    /// the message names the file.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<(string File, ClassPrediction Prediction)> ClassifyPictures(this Network network, string path,
        CancellationToken cancellation = default)
    {
        var pictures = ReadPictures(network, path, cancellation);
        return [.. pictures.Files.Zip(network.ClassifyEncoded(pictures.Images, cancellation))];
    }

    /// <summary>The number for an image file, or for each in a folder and below it, in the order of their names.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file or the folder.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="GraphException">The network does not predict numbers.</exception>
    /// <exception cref="DataException">The network takes no images, there are none, or one is damaged;
    /// the message names the file.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<(string File, double Number)> EstimatePictures(this Network network, string path,
        CancellationToken cancellation = default)
    {
        var pictures = ReadPictures(network, path, cancellation);
        return [.. pictures.Files.Zip(network.EstimateEncoded(pictures.Images, cancellation))];
    }

    /// <summary>A folder with a sub-folder of images for each class as examples, to train and to evaluate.</summary>
    /// <param name="network">The network.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="DataException">The network does not predict classes of images, there is no such folder, a class is unknown, or an
    /// image is damaged; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Dataset PictureDataset(this Network network, string folder, CancellationToken cancellation = default)
    {
        var input = InputOf(network);
        var output = network.Description.Output as ClassOutput
            ?? throw new DataException("This network does not predict classes, and the sub-folders of images are classes.");
        var read = PictureFolder.Read(folder, input.Rows, input.Columns, input.Channels, output.Classes, cancellation: cancellation);
        return network.EncodedDataset(read.Pictures.Images, read.Labels);
    }

    private static ImageInput InputOf(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Description.Input as ImageInput ?? throw new DataException("This network takes no images.");
    }
}
