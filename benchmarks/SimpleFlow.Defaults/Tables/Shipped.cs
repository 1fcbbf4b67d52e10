using System.Globalization;

namespace SimpleFlow.Defaults;

/// <summary>Tables of the repository's own data.</summary>
internal static class Shipped
{
    private const int MnistRows = 5000;

    public static string Root { get; } = Find();

    /// <summary>Fisher's irises: 150 rows, three species.</summary>
    public static Table Iris()
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(Root, "data", "iris", "iris.csv")).Skip(1).Select(line => line.Split(','))];
        string[] species = [.. rows.Select(row => row[^1]).Distinct().Order(StringComparer.Ordinal)];
        var inputs = Array.ConvertAll(rows, row => Array.ConvertAll(row[..^1], cell => float.Parse(cell, CultureInfo.InvariantCulture)));
        return new Table("iris", Measure.Accuracy, inputs,
            [.. rows.Select(row => (float)Array.IndexOf(species, row[^1]))]) { Seeds = 15 };
    }

    /// <summary>The first 5,000 of MNIST's images as rows of 784 numbers from 0 to 255.</summary>
    public static Table Mnist()
    {
        var images = SimpleFlow.Mnist.Load(Path.Combine(Root, "data", "mnist")).Train;
        var (pixels, labels) = (new float[images.Images.Count], new int[images.Count]);
        images.Images.CopyTo(pixels.AsSpan());
        images.Labels.CopyTo(labels.AsSpan());
        var inputs = pixels.Select(value => MathF.Round(255 * value)).Chunk(images.Rows * images.Columns).Take(MnistRows).ToArray();
        return new Table("MNIST as a table", Measure.Accuracy, inputs,
            Array.ConvertAll(labels[..MnistRows], label => (float)label)) { Seeds = 3 };
    }

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "SimpleFlow.slnx"))) return folder;
        }
        return Environment.CurrentDirectory;
    }
}
