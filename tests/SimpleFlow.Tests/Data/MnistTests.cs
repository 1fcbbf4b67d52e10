using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Data;

public sealed partial class MnistTests : IDisposable
{
    private static readonly string[] Names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simpleflow-mnist-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_digits_are_found_and_read()
    {
        var data = Mnist.Load();
        Assert.Equal((60_000, 10_000, 10), (data.Train.Count, data.Test.Count, data.Classes));
        foreach (var set in new[] { data.Train, data.Test })
        {
            Assert.Equal((28, 28), (set.Rows, set.Columns));
            Assert.Equal([set.Count, 784], set.Images.Dimensions.ToArray());
            Assert.Equal([set.Count], set.Labels.Dimensions.ToArray());
            Assert.Equal([set.Count, 10], set.Labels.OneHot(data.Classes).Dimensions.ToArray());
            Assert.Equal(set.Count * 784, set.Pixels.Length);
        }
        Assert.Equal([5, 0, 4, 1, 9], data.Train.LabelBytes[..5].ToArray());
        Assert.Equal([7, 2, 1, 0, 4], data.Test.LabelBytes[..5].ToArray());

        // The share of ink is the number every tutorial normalises with.
        var images = new float[data.Train.Images.Count];
        data.Train.Images.CopyTo(images);
        Assert.Equal(0.1307, images.Average(value => (double)value), 4);
        Assert.Equal((0f, 1f), (images.Min(), images.Max()));
    }

    [Fact]
    public void The_files_are_the_ones_that_their_description_lists()
    {
        var readme = File.ReadAllText(Path.Combine(Repository(), "data", "mnist", "README.md"));
        var listed = ListedFile().Matches(readme);
        Assert.Equal(4, listed.Count);
        foreach (Match file in listed)
        {
            var bytes = File.ReadAllBytes(Path.Combine(Repository(), "data", "mnist", file.Groups["name"].Value));
            Assert.Equal(file.Groups["size"].Value, bytes.Length.ToString());
            Assert.Equal(file.Groups["hash"].Value, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    [Fact]
    public void Other_images_under_the_same_names_are_read_plain_or_compressed()
    {
        WriteAll(gzip: name => name.StartsWith("train-images", StringComparison.Ordinal));
        var data = Mnist.Load(_folder.FullName);
        Assert.Equal((6, 2, 3, 2, 3), (data.Train.Count, data.Test.Count, data.Train.Rows, data.Train.Columns, data.Classes));
        Assert.Equal([6, 6], data.Train.Images.Dimensions.ToArray());
        Assert.Equal(4, Mnist.Load(_folder.FullName, classes: 4).Classes);
    }

    [Fact]
    public void Labels_beyond_the_classes_are_refused_with_their_place()
    {
        WriteAll();
        Write("train-labels-idx1-ubyte", [6], [0, 1, 2, 0, 9, 2]);
        Assert.Contains("train-labels-idx1-ubyte: label 4 is 9, and with 3 classes", Refused(classes: 3));
        Assert.Equal(10, Mnist.Load(_folder.FullName).Classes);
    }

    [Fact]
    public void Sets_that_do_not_fit_together_are_refused()
    {
        WriteAll();
        Write("train-labels-idx1-ubyte", [5]);
        Assert.Matches("train-labels-idx1-ubyte: expected 6 labels, one for each image in .*train-images-idx3-ubyte, found 5", Refused());
        WriteAll();
        Write("t10k-images-idx3-ubyte", [2, 2, 3]);
        Assert.Matches("t10k-images-idx3-ubyte: expected images of 3 × 2 pixels as in .*train-images-idx3-ubyte, found 2 × 3", Refused());
        WriteAll();
        Write("t10k-images-idx3-ubyte", [2]);
        Assert.Contains("expected the magic number 0x00000803", Refused());
    }

    [Fact]
    public void Missing_files_are_named_with_what_to_do()
    {
        WriteAll();
        File.Delete(Path.Combine(_folder.FullName, Names[3]));
        Assert.Contains("t10k-labels-idx1-ubyte", Refused());
        Assert.Contains("--data DIR", Refused());
    }

    private string Refused(int? classes = null) => Assert.Throws<DataException>(() => Mnist.Load(_folder.FullName, classes)).Message;

    private void WriteAll(Func<string, bool>? gzip = null)
    {
        Write(Names[0], [6, 3, 2], gzip: gzip?.Invoke(Names[0]) ?? false);
        Write(Names[1], [6], [0, 1, 2, 0, 1, 2]);
        Write(Names[2], [2, 3, 2]);
        Write(Names[3], [2], [1, 0]);
    }

    private void Write(string name, uint[] dimensions, byte[]? elements = null, bool gzip = false)
    {
        var content = IdxFileTests.Idx(0x08, dimensions, elements);
        File.WriteAllBytes(Path.Combine(_folder.FullName, gzip ? name + ".gz" : name), gzip ? IdxFileTests.Gzip(content) : content);
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SimpleFlow.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"^\| `(?<name>[\w-]+\.gz)` \| (?<size>\d+) \| `(?<hash>[0-9a-f]{64})` \|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ListedFile();
}
