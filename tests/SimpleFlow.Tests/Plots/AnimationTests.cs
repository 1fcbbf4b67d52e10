using System.Buffers.Binary;
using SimpleFlow.Plots;

namespace SimpleFlow.Tests.Plots;

public sealed class AnimationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_is_a_valid_animated_png()
    {
        var path = _folder.File("animation.png");
        var animation = new Animation(320, 200) { Hold = TimeSpan.FromSeconds(1.5) };
        for (var step = 1; step <= 4; step++)
            animation.Add(new Chart().Function(x => x * step, 0, step), TimeSpan.FromMilliseconds(250));
        animation.Save(path);

        var file = new ApngFile(path);
        Assert.Equal("IHDR", file.Chunks[0].Name);
        Assert.Equal("acTL", file.Chunks[1].Name);
        Assert.Equal(4, BinaryPrimitives.ReadInt32BigEndian(file.Chunks[1].Data));
        Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(file.Chunks[1].Data.AsSpan(4)));   // for ever
        Assert.Equal("fcTL", file.Chunks[2].Name);
        Assert.Equal("IDAT", file.Chunks[3].Name);
        Assert.Equal("IEND", file.Chunks[^1].Name);
        Assert.Equal([0.25, 0.25, 0.25, 1.5], file.Delays);

        var numbers = file.Chunks.Where(chunk => chunk.Name is "fcTL" or "fdAT")
            .Select(chunk => BinaryPrimitives.ReadInt32BigEndian(chunk.Data));
        Assert.Equal(Enumerable.Range(0, numbers.Count()), numbers);
        var firstLater = file.Chunks.FindIndex(chunk => chunk.Name == "fdAT");
        Assert.True(file.Chunks.FindLastIndex(chunk => chunk.Name == "IDAT") < firstLater, "Pixels of frame 1 after those of frame 2.");

        var frames = file.Frames();
        Assert.Equal(4, frames.Count);
        Assert.All(frames, frame => Assert.Equal((320, 200), (frame.Width, frame.Height)));
        for (var i = 1; i < frames.Count; i++)
            Assert.NotEqual(frames[i - 1].Bytes, frames[i].Bytes);
        PictureAssert.IsDrawn(path, 320, 200);   // a viewer that knows only PNG shows the first frame
    }

    [Fact]
    public void A_plot_is_drawn_when_it_is_added()
    {
        var path = _folder.File("animation.png");
        var plot = new ScottPlot.Plot();
        var animation = new Animation(320, 200).Add(plot, TimeSpan.FromMilliseconds(100));
        plot.Title("changed");
        animation.Add(plot, TimeSpan.FromMilliseconds(100)).Save(path);

        var frames = new ApngFile(path).Frames();
        Assert.Equal(2, animation.FrameCount);
        Assert.NotEqual(frames[0].Bytes, frames[1].Bytes);
    }

    [Fact]
    public void An_animation_without_frames_is_not_saved()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new Animation(320, 200).Save(_folder.File("none.png")));
        Assert.Contains("no frames", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("none.png")));
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(320, -1)]
    [InlineData(320, 100_000)]
    public void A_bad_size_is_refused(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Animation(width, height));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(65_536)]
    public void A_bad_delay_is_refused(int milliseconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Animation(320, 200).Add(new Chart(), TimeSpan.FromMilliseconds(milliseconds)));
}
