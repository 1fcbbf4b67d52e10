namespace SimpleFlow.Tests.Data;

/// <summary>What becomes of an image.</summary>
public class ImageAugmentationTests
{
    private const int Rows = 9, Columns = 7;
    private static readonly float[] Image = [.. Enumerable.Range(0, Rows * Columns).Select(i => 1 + i * 0.01f)];

    [Fact]
    public void Nothing_asked_for_changes_nothing() => Assert.Equal(Image, Changed(new(Rows, Columns)));

    [Fact]
    public void A_mirrored_image_is_exactly_that()
    {
        var flipped = Image.Chunk(Columns).SelectMany(row => row.Reverse()).ToArray();
        var results = Enumerable.Range(0, 20).Select(index => Changed(new(Rows, Columns) { Flip = true }, index)).ToList();
        Assert.All(results, result => Assert.True(Close(result, Image) || Close(result, flipped)));
        Assert.Contains(results, result => Close(result, Image));
        Assert.Contains(results, result => Close(result, flipped));
        var upsideDown = Image.Chunk(Columns).Reverse().SelectMany(row => row).ToArray();
        Assert.Contains(Enumerable.Range(0, 20).Select(index => Changed(new(Rows, Columns) { FlipVertically = true }, index)),
            result => Close(result, upsideDown));
    }

    [Fact]
    public void A_quarter_turn_of_a_bar_makes_it_stand()
    {
        // A bar that lies in the middle row; turned by up to 180 degrees, its mass stays, and its middle.
        const int Side = 21;
        var bar = new float[Side * Side];
        for (var x = 5; x < 16; x++) bar[10 * Side + x] = 1;
        for (var index = 0; index < 20; index++)
        {
            var result = Changed(new(Side, Side) { Rotation = 180 }, index, bar);
            Assert.InRange(result.Sum(), 9.5, 12.5);
            Assert.InRange(Middle(result, Side).X, 9.5, 10.5);
            Assert.InRange(Middle(result, Side).Y, 9.5, 10.5);
        }
    }

    [Fact]
    public void A_dot_moves_no_farther_than_asked_and_uses_all_of_it()
    {
        const int Side = 21;
        var dot = new float[Side * Side];
        dot[10 * Side + 10] = 1;
        var middles = Enumerable.Range(0, 200).Select(index => Middle(Changed(new(Side, Side) { Shift = 3 }, index, dot), Side)).ToList();
        Assert.All(middles, middle => Assert.True(Math.Abs(middle.X - 10) <= 3.001 && Math.Abs(middle.Y - 10) <= 3.001));
        Assert.True(middles.Max(middle => middle.X) > 12.5 && middles.Min(middle => middle.X) < 7.5
            && middles.Max(middle => middle.Y) > 12.5);
    }

    [Fact]
    public void A_square_is_blanked()
    {
        var results = Enumerable.Range(0, 50).Select(index => Changed(new(Rows, Columns) { Cutout = 3 }, index)).ToList();
        Assert.All(results, result => Assert.InRange(result.Count(pixel => pixel == 0), 1, 9));
        Assert.Contains(results, result => result.Count(pixel => pixel == 0) == 9);
        Assert.All(results,
            result => Assert.All(result.Index().Where(one => one.Item != 0), one => Assert.Equal(Image[one.Index], one.Item)));
    }

    [Theory]
    [InlineData("elastic")]
    [InlineData("shear")]
    [InlineData("scale")]
    [InlineData("crop")]
    public void The_other_changes_change_and_stay_within_the_values(string what)
    {
        var augmentation = what switch
        {
            "elastic" => new ImageAugmentation(Rows, Columns) { Elastic = 2 },
            "shear" => new ImageAugmentation(Rows, Columns) { Shear = 0.3f },
            "scale" => new ImageAugmentation(Rows, Columns) { Scale = 0.3f },
            _ => new ImageAugmentation(Rows, Columns) { Crop = 0.5f },
        };
        var results = Enumerable.Range(0, 10).Select(index => Changed(augmentation, index)).ToList();
        Assert.All(results, result => Assert.All(result, pixel => Assert.InRange(pixel, 0, Image[^1] + 1e-5f)));
        Assert.All(results, result => Assert.NotEqual(Image, result));
        Assert.Equal(10, results.Select(result => string.Join(' ', result)).Distinct().Count());
        if (what == "crop") Assert.All(results, result => Assert.DoesNotContain(0, result));          // a part of the image fills all of it
    }

    [Fact]
    public void The_same_draw_gives_the_same_image_and_planes_change_alike()
    {
        var augmentation = new ImageAugmentation(Rows, Columns, 2) { Shift = 1, Rotation = 20, Elastic = 1, Cutout = 2 };
        float[] planes = [.. Image, .. Image];
        var once = Changed(augmentation, 5, planes);
        Assert.Equal(once, Changed(augmentation, 5, planes));
        Assert.NotEqual(once, Changed(augmentation, 6, planes));
        Assert.Equal(once[..Image.Length], once[Image.Length..]);
    }

    [Fact]
    public void Wrong_amounts_and_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentation(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentation(3, 3) { Shift = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentation(3, 3) { Rotation = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentation(3, 3) { Scale = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentation(3, 3) { Crop = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentation(3, 3) { Cutout = -1 });
        Assert.Contains("1 × 3 × 3 pixels has 9 numbers, and this row has 8",
            Assert.Throws<DataException>(() => new ImageAugmentation(3, 3).Apply(new float[8], new float[8], 0, 0, 0)).Message,
            StringComparison.Ordinal);
    }

    private static float[] Changed(ImageAugmentation augmentation, int index = 0, float[]? image = null)
    {
        var result = new float[(image ?? Image).Length];
        augmentation.Apply(image ?? Image, result, seed: 1, draw: 2, index);
        return result;
    }

    private static bool Close(float[] one, float[] other) => one.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5);

    private static (double X, double Y) Middle(float[] image, int side) =>
        (image.Index().Sum(one => one.Item * (one.Index % side)) / image.Sum(),
            image.Index().Sum(one => one.Item * (one.Index / side)) / image.Sum());

    [Fact]
    public void Edges_are_repeated_where_they_are_no_background()
    {
        var image = Enumerable.Repeat(0.7f, 2 * 5 * 6).ToArray();
        var (plain, repeated) = (new float[60], new float[60]);
        new ImageAugmentation(5, 6, 2) { Shift = 4, Rotation = 90 }.Apply(image, plain, seed: 1, draw: 0, index: 3);
        new ImageAugmentation(5, 6, 2) { Shift = 4, Rotation = 90, RepeatEdges = true }.Apply(image, repeated, seed: 1, draw: 0, index: 3);
        Assert.Contains(0f, plain);
        Assert.All(repeated, pixel => Assert.Equal(0.7f, pixel, 1e-6f));
    }

    [Fact]
    public void Recoloured_images_keep_the_distances_of_their_colours()
    {
        float[] image = [0.5f, 1, 0.5f, 0, 0.5f, 0.5f, 0.5f, 0, 0.5f, 0.5f, 1, 0];          // grey, two colours and black, in three planes
        var (result, changes) = (new float[12], new ImageAugmentation(1, 4, 3) { Recolour = true });
        for (var index = 0; index < 20; index++)
        {
            changes.Apply(image, result, seed: 1, draw: 0, index);
            for (var channel = 0; channel < 3; channel++) Assert.Equal(0.5f, result[4 * channel], 1e-6f);
            var contrast = Distance(result, 0, 1) / Distance(image, 0, 1);
            Assert.InRange(contrast, 0.5, 1.2);
            foreach (var (one, other) in ((int, int)[])[(1, 2), (1, 3), (2, 3)])
                Assert.Equal(contrast, Distance(result, one, other) / Distance(image, one, other), 1e-5);
        }

        static double Distance(float[] pixels, int one, int other) =>
            Math.Sqrt(Enumerable.Range(0, 3).Sum(channel => Math.Pow(pixels[4 * channel + one] - pixels[4 * channel + other], 2)));
    }
}
