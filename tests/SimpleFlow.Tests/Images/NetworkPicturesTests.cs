using SimpleFlow.Images;
using SimpleFlow.Tests.Cli;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Images;

/// <summary>Image files for networks that were trained on images of one size.</summary>
public sealed class NetworkPicturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Network _network = new(new(new ImageInput(3, 12, 14), new ClassOutput("class", ["above", "left", "middle"]),
        [new Layer.Flatten()]), new AdamW(0.01f), new() { Seed = 1 });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_and_folders_are_sized_as_in_training()
    {
        PictureFiles.WriteClasses(_folder.File("all"), 10, seed: 1);
        _network.Model.Fit(_network.PictureDataset(_folder.File("all")), epochs: 20, batchSize: 10);
        Assert.InRange(_network.Model.Evaluate(_network.PictureDataset(_folder.File("all"))).Metrics["accuracy"], 0.9, 1);

        var said = _network.ClassifyPictures(_folder.File("all"));
        Assert.Equal(Pictures.In(_folder.File("all")), said.Select(one => one.File));
        Assert.InRange(said.Count(one => Path.GetFileName(Path.GetDirectoryName(one.File)) == one.Prediction.Class), 27, 30);

        // Of another size and shape it is the same picture.
        PictureFiles.Write(_folder.File("large.png"), 120, 140, (y, _) => y < 40 ? new(200, 60, 60) : new(60, 60, 60));
        var (file, prediction) = _network.ClassifyPictures(_folder.File("large.png")).Single();
        Assert.Equal((_folder.File("large.png"), "above"), (file, prediction.Class));
        Assert.Equal([1, 3, 12, 14], _network.ReadPictures(file).Images.Dimensions.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        var empty = Directory.CreateDirectory(_folder.File("empty")).FullName;
        Assert.Contains("no images in this folder", Assert.Throws<DataException>(() => _network.ClassifyPictures(empty)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<DataException>(() => _network.ClassifyPictures(_folder.File("none.png"))).Message,
            StringComparison.Ordinal);
        PictureFiles.WriteClasses(_folder.File("all"), 1, seed: 1);
        Assert.Throws<GraphException>(() => _network.EstimatePictures(_folder.File("all")));
        var table = new Network(new(new TableInput([new NumberColumn("x", 0, 1, false)]), new NumberOutput("y", 0, 1), []));
        Assert.Contains("takes no images", Assert.Throws<DataException>(() => table.EstimatePictures(_folder.File("all"))).Message,
            StringComparison.Ordinal);
        Assert.Contains("takes no images", Assert.Throws<DataException>(() => table.PictureDataset(_folder.File("all"))).Message,
            StringComparison.Ordinal);
    }
}
