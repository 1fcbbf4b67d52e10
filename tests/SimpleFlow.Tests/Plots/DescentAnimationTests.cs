using SimpleFlow.Plots;

namespace SimpleFlow.Tests.Plots;

public sealed class DescentAnimationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_position_is_a_frame()
    {
        var path = _folder.File("descent.png");
        DescentAnimation.Save(path, x => x * x, x => 2 * x, [3, 2.4, 1.92, 1.536], "f(x) = x²", 640, 400);
        PictureAssert.IsDrawn(path, 640, 400);
        var file = new ApngFile(path);
        var frames = file.Frames();
        Assert.Equal(4, frames.Count);
        for (var i = 1; i < frames.Count; i++)
            Assert.NotEqual(frames[i - 1].Bytes, frames[i].Bytes);
        Assert.True(file.Delays[^1] > file.Delays[0], "The last frame is not held.");
    }

    [Fact]
    public void A_start_alone_is_one_frame()
    {
        var path = _folder.File("start.png");
        DescentAnimation.Save(path, x => x * x, x => 2 * x, [0]);
        PictureAssert.IsDrawn(path, 800, 500);
    }

    [Fact]
    public void Positions_that_cannot_be_drawn_are_refused()
    {
        var path = _folder.File("none.png");
        Assert.Throws<ArgumentException>(() => DescentAnimation.Save(path, x => x, _ => 1, []));
        var error = Assert.Throws<ArgumentException>(() => DescentAnimation.Save(path, Math.Log, x => 1 / x, [1, 0]));
        Assert.Contains("step 1", error.Message, StringComparison.Ordinal);
    }
}
