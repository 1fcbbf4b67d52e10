using SimpleFlow.Images;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Images;

/// <summary>The pictures that come with the template <c>simpleflow-images</c>.</summary>
public sealed class TemplatePicturesTests
{
    private const int OfEach = 40;

    private static readonly string Folder =
        Path.Combine(Pages.Repository, "src", "SimpleFlow.Templates", "content", "images", "pictures");

    [Fact]
    public void They_are_as_many_as_the_template_says_and_small()
    {
        var read = PictureFolder.Read(Folder, 32, 32, 3);
        Assert.Equal(["circle", "square", "triangle"], read.Classes);
        Assert.Empty(read.LeftOut);
        Assert.Equal(3 * OfEach, read.Pictures.Files.Count);
        Assert.InRange(read.Pictures.Files.Sum(file => new FileInfo(file).Length), 1, 400_000);
        Assert.Contains($"The {3 * OfEach} pictures", File.ReadAllText(Path.Combine(Folder, "..", "README.md")), StringComparison.Ordinal);
    }

    /// <summary>Draws them.</summary>
    [Fact(Explicit = true)]
    public void Refresh()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        ShapePictures.Write(Folder, classes: 3, OfEach, inColours: true, smallest: 24, largest: 32, seed: 1);
    }
}
