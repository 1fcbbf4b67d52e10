using System.Runtime.Versioning;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Data;

/// <summary>What stays of a file that is written anew.</summary>
[Trait("Promise", "8")]
public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_stays_a_link_to_the_new_content()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only some users make links.");
        var (file, link, far) = (_folder.File("a", "file"), _folder.File("link"), _folder.File("far"));
        WholeFile.Write(file, "old");
        File.CreateSymbolicLink(link, "a/file");
        File.CreateSymbolicLink(far, link);
        WholeFile.Write(far, "new");
        Assert.Equal(("new", "a/file", link), (File.ReadAllText(file), new FileInfo(link).LinkTarget, new FileInfo(far).LinkTarget));
        // One that leads nowhere yet.
        File.CreateSymbolicLink(_folder.File("dangling"), _folder.File("b", "later"));
        WholeFile.Write(_folder.File("dangling"), "there");
        Assert.Equal("there", File.ReadAllText(_folder.File("b", "later")));
        Assert.Equal([file], Directory.GetFiles(_folder.File("a")));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.UserRead)]
    [UnsupportedOSPlatform("windows")]
    public void Who_may_read_and_write_it_stays_the_same(UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes of files.");
        WholeFile.Write(_folder.File("file"), "old");
        File.SetUnixFileMode(_folder.File("file"), mode);
        WholeFile.Write(_folder.File("file"), "new");
        Assert.Equal((mode, "new"), (File.GetUnixFileMode(_folder.File("file")), File.ReadAllText(_folder.File("file"))));
    }

    [Fact]
    public void A_device_is_written_into_and_not_replaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/full.");
        WholeFile.Write("/dev/null", "nothing");
        File.CreateSymbolicLink(_folder.File("full.svg"), "/dev/full");
        var graph = new Variable("w", [1]).Power(2);
        Assert.Contains("No space left on device",
            Assert.Throws<SaveException>(() => Drawing.Of(graph).Save(_folder.File("full.svg"))).Message, StringComparison.Ordinal);
        Assert.Equal("/dev/full", new FileInfo(_folder.File("full.svg")).LinkTarget);
        Assert.Empty(Directory.GetFiles("/dev", "*.tmp"));
    }

    [Fact]
    public void Pictures_and_pages_that_cannot_be_written_leave_the_old_ones()
    {
        // A folder stands where the file would be moved to: the last of all calls fails.
        foreach (var name in (string[])["d.svg", "d.dot", "e.html", "e.md", "e.txt", "p.png", "t.json"])
        {
            var path = _folder.File(name);
            Directory.CreateDirectory(path);
            Assert.Throws<SaveException>(() => Write(path));
            Assert.Equal((0, 0), (Directory.GetFiles(_folder.File()).Length, Directory.GetFileSystemEntries(path).Length));
            Directory.Delete(path);
            Write(path);
            Assert.True(new FileInfo(path).Length > 10);
            File.Delete(path);
        }
    }

    private static void Write(string path)
    {
        var x = new Placeholder("x", [null, 1]);
        var model = new Model(Layers.Dense(x, 1).Power(2).Mean(), optimizer: new GradientDescent(0.1f));
        var feed = new Feed { [x] = new float[1, 1] };
        switch (Path.GetExtension(path))
        {
            case ".svg" or ".dot": model.Draw(path); break;
            case ".json": model.Profile(feed, steps: 1).SaveTrace(path); break;
            case ".png": new SimpleFlow.Plots.LearningCurves([1, 2]).SavePng(path); break;
            default: model.Explain(path); break;
        }
    }
}
