using System.Globalization;
using System.Runtime.CompilerServices;
using SimpleFlow.Images;

namespace SimpleFlow.Cli.Sources;

/// <summary>Reads data for a trained network, in the same way as in training.</summary>
internal static class NetworkData
{
    /// <summary>Examples to predict for, each with the cells that identify it.</summary>
    /// <param name="First">How many examples come before these.</param>
    /// <param name="Inputs">The network's inputs.</param>
    /// <param name="Columns">The names of the cells.</param>
    /// <param name="Cells">The cells of an example; made on demand, as those of a large table would take many times its memory.</param>
    internal sealed record Unlabelled(int First, DataArray Inputs, IReadOnlyList<string> Columns, Func<int, IReadOnlyList<string>> Cells);

    /// <summary>Reads examples to predict for: the rows of a table, of any length and some at a time; image files, or IDX files.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The file or folder.</param>
    /// <param name="reading">How a table is written, if not as in training.</param>
    /// <param name="say">Receives differences from training.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="DataException">They are missing, damaged, or of another kind than the network takes;
    /// the message names the row or the file.</exception>
    public static IEnumerable<Unlabelled> Read(
        Network network, string data, CsvOptions reading, Action<string> say, CancellationToken cancellation)
    {
        switch (network.Description.Input)
        {
            case TableInput input:
                return input.EncodePieces(data, reading, say, cancellation)
                    .Select(piece => new Unlabelled(piece.FirstRow, piece.Numbers, piece.Table.Columns, row => Cells(piece.Table, row)));
            case ImageInput image when IsIdx(data):
                var file = File.Exists(data) ? IdxFile.Read(data, rank: 3, cancellation) : null;
                return [Numbered(Fitting(image, file, data, cancellation))];
            case ImageInput:
                return [Pictures(network, data, say, cancellation)];
            default:
                throw new DataException("This network writes text: use simpleflow generate MODEL --prompt TEXT.");
        }
    }

    /// <summary>Reads examples with their targets.</summary>
    /// <exception cref="DataException">As for <see cref="Read"/>.</exception>
    public static ExampleSet ReadLabelled(Network network, string data, CsvOptions reading, Action<string> say,
        CancellationToken cancellation)
    {
        var description = network.Description;
        switch (description.Input)
        {
            case TableInput input:
                var table = description.Output.WithTarget(input.Read(data, reading, cancellation), say);
                return new ExampleSet(input.Encode(table, say, cancellation), description.Output.Encode(table));
            case TextInput input:
                return TextSource.Of(input.Vocabulary, TextSource.Read(data), input.Length);
            case ImageInput image when IsIdx(data):
                if (File.Exists(data))
                    throw new DataException($"{data}: these are images without their classes. Name the folder of the four files.");
                return new ExampleSet(Fitting(image, null, data, cancellation), TestSet(data, cancellation).Labels);
            default:
                return LabelledPictures((ImageInput)description.Input, ((ClassOutput)description.Output).Classes, data, cancellation);
        }
    }

    private static string[] Cells(CsvTable table, int row) =>
        [.. Enumerable.Range(0, table.Columns.Count).Select(column => table[row, column])];

    private static bool IsIdx(string data) =>
        DataFolder.IsKnown(data) || ImageSource.IsIdx(data)
            || (File.Exists(data) && Path.GetFileName(data).Contains("-ubyte", StringComparison.Ordinal));

    private static ImageSet TestSet(string folder, CancellationToken cancellation) =>
        DataFolder.Load(DataFolder.Of(folder), cancellation).Test;

    private static DataArray Fitting(ImageInput image, IdxFile? file, string data, CancellationToken cancellation)
    {
        var images = file?.ToDataArray(scale: 1 / 255f);
        var test = images is null ? TestSet(data, cancellation) : null;
        var (rows, columns) = test is null ? (file!.Dimensions[1], file.Dimensions[2]) : (test.Rows, test.Columns);
        if ((1, rows, columns) != (image.Channels, image.Rows, image.Columns))
            throw new DataException(
                $"{data}: the images have {rows} × {columns} grey pixels, and the network takes {image.Rows} × "
                    + $"{image.Columns} {(image.Channels == 1 ? "grey ones" : "in colours")}.");
        return images ?? test!.Images;
    }

    private static Unlabelled Numbered(DataArray images) =>
        new(0, images, ["image"], row => [row.ToString(CultureInfo.InvariantCulture)]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Unlabelled Pictures(Network network, string data, Action<string> say, CancellationToken cancellation)
    {
        if (Directory.Exists(data) && PictureListing.Sentence(PictureListing.Of(data).Others) is { Length: > 0 } skipped)
            say($"{data}: {skipped}");
        var read = network.ReadPictures(data, cancellation);
        return new Unlabelled(0, read.Images, ["image"], row => [read.Files[row]]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ExampleSet LabelledPictures(ImageInput image, IReadOnlyList<string> classes, string data, CancellationToken cancellation)
    {
        var read = PictureFolder.Read(ImageSource.TestFolder(data) ?? data, image.Rows, image.Columns, image.Channels, classes,
            cancellation: cancellation);
        return new ExampleSet(read.Pictures.Images, read.Labels);
    }
}
