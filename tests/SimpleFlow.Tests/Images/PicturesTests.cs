using SimpleFlow.Images;
using SimpleFlow.Tests.Cli;
using SimpleFlow.Tests.Plots;
using SkiaSharp;

namespace SimpleFlow.Tests.Images;

/// <summary>Image files as numbers.</summary>
[Trait("Promise", "10")]
public sealed class PicturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pixels_keep_their_values_and_places()
    {
        var path = _folder.File("one.png");
        PictureFiles.Write(path, 3, 2, (y, x) => new SKColor((byte)(10 * y), (byte)(100 * x), 255));
        var pictures = Pictures.Read([path]);
        Assert.Equal((3, 3, 2), (pictures.Channels, pictures.Rows, pictures.Columns));
        Assert.Equal([1, 3, 3, 2], pictures.Images.Dimensions.ToArray());
        float[] expected = [0, 0, 10, 10, 20, 20, 0, 100, 0, 100, 0, 100, 255, 255, 255, 255, 255, 255];
        var numbers = new float[18];
        pictures.Images.CopyTo(numbers);
        Assert.Equal(expected, numbers.Select(number => MathF.Round(255 * number)));
    }

    [Fact]
    public void What_is_transparent_is_white_and_what_is_grey_has_one_channel()
    {
        var path = _folder.File("ghost.png");
        PictureFiles.Write(path, 1, 3, (_, x) => x == 0 ? SKColors.Transparent : x == 1 ? SKColors.Black : new SKColor(0, 0, 0, 128));
        var pictures = Pictures.Read([path]);
        Assert.Equal(1, pictures.Channels);
        var numbers = new float[3];
        pictures.Images.CopyTo(numbers);
        Assert.Equal([1, 0], numbers[..2]);
        Assert.InRange(numbers[2], 0.48f, 0.52f);
        Assert.Equal(3, Pictures.Read([path], channels: 3).Channels);
    }

    [Fact]
    public void Sizes_are_those_of_the_files_or_as_wished()
    {
        PictureFiles.Write(_folder.File("a.png"), 20, 30, (_, _) => SKColors.Red);
        PictureFiles.Write(_folder.File("b.png"), 40, 30, (_, _) => SKColors.Blue);
        PictureFiles.Write(_folder.File("big.png"), 200, 200, (_, _) => SKColors.Blue);
        Assert.Equal([2, 3, 64, 64], Pictures.Read([_folder.File("a.png"), _folder.File("b.png")]).Images.Dimensions.ToArray());
        Assert.Equal([1, 3, 64, 64], Pictures.Read([_folder.File("big.png")]).Images.Dimensions.ToArray());
        Assert.Equal([1, 3, 20, 30], Pictures.Read([_folder.File("a.png")]).Images.Dimensions.ToArray());
        var small = Pictures.Read([_folder.File("b.png")], 8, 8);
        var numbers = new float[3 * 64];
        small.Images.CopyTo(numbers);
        Assert.All(numbers[..128], number => Assert.Equal(0, number));
        Assert.All(numbers[128..], number => Assert.Equal(1, number));
    }

    [Fact]
    public void Folders_are_classes()
    {
        PictureFiles.WriteClasses(_folder.File("all"), 3, seed: 1);
        File.WriteAllText(_folder.File("all", "left", "notes.txt"), "no image");
        Directory.CreateDirectory(_folder.File("all", "empty"));
        var folder = PictureFolder.Read(_folder.File("all"));
        Assert.Equal(["above", "left", "middle"], folder.Classes);
        var labels = new int[9];
        folder.Labels.CopyTo(labels);
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2, 2], labels);
        Assert.Equal((3, 12, 14), (folder.Pictures.Channels, folder.Pictures.Rows, folder.Pictures.Columns));
        PictureFolder.Read(_folder.File("all"), classes: ["middle", "left", "above", "more"]).Labels.CopyTo(labels);
        Assert.Equal([2, 2, 2, 1, 1, 1, 0, 0, 0], labels);
    }

    [Fact]
    public void What_is_no_image_is_named()
    {
        PictureFiles.WriteClasses(_folder.File("all"), 2, seed: 1);
        void Refused(string words, Action read) =>
            Assert.Contains(words, Assert.Throws<DataException>(read).Message, StringComparison.Ordinal);
        Refused("no such folder", () => PictureFolder.Read(_folder.File("nothing")));
        Refused("at least two; there is one", () => PictureFolder.Read(One()));
        Refused("no class 'left' among 'above'", () => PictureFolder.Read(_folder.File("all"), classes: ["above", "middle"]));
        Refused("There are no images", () => Pictures.Read([]));
        Refused("no such file", () => Pictures.Read([_folder.File("nothing.png")]));
        var broken = _folder.File("all", "left", "001.jpg");
        File.WriteAllText(broken, "this is no image");
        Refused($"{broken}: this is not a readable image", () => PictureFolder.Read(_folder.File("all")));
        var whole = _folder.File("all", "left", "000.png");
        var bytes = File.ReadAllBytes(whole);
        File.WriteAllBytes(whole, bytes[..(bytes.Length / 2)]);
        Refused("damaged", () => Pictures.Read([whole]));
        Assert.Throws<OperationCanceledException>(() =>
            Pictures.Read([_folder.File("all", "above", "000.png")], 4, 4, cancellation: new CancellationToken(true)));
    }

    [Fact]
    public void Sizes_are_compared_with_what_can_be_read_before_anything_is_decoded()
    {
        // A bitmap says its size in plain numbers, and here nothing follows them.
        var path = _folder.File("huge.bmp");
        var bytes = new byte[60];
        "BM"u8.CopyTo(bytes);
        (bytes[10], bytes[14], bytes[26], bytes[28]) = (54, 40, 1, 24);
        foreach (var (width, height) in ((int, int)[])[(20_000, 20_000), (10_001, 10_000)])
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(18), width);
            BitConverter.TryWriteBytes(bytes.AsSpan(22), height);
            File.WriteAllBytes(path, bytes);
            Assert.Contains("at most 100,000,000 are read", Assert.Throws<DataException>(() => Pictures.Read([path])).Message,
                StringComparison.Ordinal);
        }
        PictureFiles.Write(_folder.File("a.png"), 2, 2, (_, _) => SKColors.Red);
        Assert.Contains("at most 100,000,000 pixels",
            Assert.Throws<DataException>(() => Pictures.Read([_folder.File("a.png")], 60_000, 60_000)).Message, StringComparison.Ordinal);
        string[] many = [.. Enumerable.Repeat(_folder.File("a.png"), 1_000_000)];
        Assert.Contains("read fewer, or smaller ones", Assert.Throws<DataException>(() => Pictures.Read(many, 10_000, 10_000)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_picture_carries_beside_its_pixels_takes_no_memory()
    {
        // A compressed text of fifty million characters, in a file of fifty kilobytes.
        var path = _folder.File("text.png");
        PictureFiles.Write(path, 2, 2, (_, _) => SKColors.Red);
        var bytes = File.ReadAllBytes(path);
        var text = new MemoryStream();
        text.Write("zTXtnote\0\0"u8);
        using (var packed = new System.IO.Compression.ZLibStream(text, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            packed.Write(new byte[50_000_000]);
        var chunk = text.ToArray();
        var (length, sum) = (new byte[4], new byte[4]);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, chunk.Length - 4);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(sum, Checksum(chunk));
        const int AfterHeader = 33;
        File.WriteAllBytes(path, [.. bytes[..AfterHeader], .. length, .. chunk, .. sum, .. bytes[AfterHeader..]]);
        Pictures.Read([path], 2, 2);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Pictures.Read([path], 2, 2);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 10_000_000);
    }

    // CRC-32 of ISO 3309, as PNG has it.
    private static uint Checksum(byte[] bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB88320;
        }
        return ~sum;
    }

    private string One()
    {
        PictureFiles.Write(_folder.File("single", "only", "x.png"), 2, 2, (_, _) => SKColors.Red);
        return _folder.File("single");
    }
}
