using SimpleFlow.Images;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;

namespace SimpleFlow.Fuzz;

/// <summary>Image files. Their decoders are those of ImageSharp.</summary>
internal sealed class PictureTarget : FuzzTarget
{
    public override string Name => "pictures";
    public override string Ending => ".png";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        using var picture = new Image<Rgba32>(6, 5);
        for (var i = 0; i < 30; i++) picture[i % 6, i / 6] = new Rgba32((byte)(8 * i), (byte)(255 - 8 * i), 100, (byte)(i == 7 ? 0 : 255));
        foreach (var (encoder, ending) in ((IImageEncoder, string)[])[(new PngEncoder(), "png"), (new JpegEncoder(), "jpg"),
            (new JpegEncoder { ColorType = JpegColorType.YCbCrRatio420 }, "small.jpg"), (new WebpEncoder(), "webp"),
            (new WebpEncoder { FileFormat = WebpFileFormatType.Lossless }, "lossless.webp"), (new GifEncoder(), "gif"),
            (new BmpEncoder(), "bmp")])
        {
            var bytes = new MemoryStream();
            picture.Save(bytes, encoder);
            yield return ($"picture.{ending}", bytes.ToArray());
        }
    }

    public override object Read(string path) => Pictures.Read([path], rows: 4, columns: 4);

    public override void Use(string path, object read)
    {
        if (((Pictures)read).Images.Rows != 1) throw new InvalidOperationException("One picture was read as several.");
    }

    // Four bytes for each pixel that the header declares: a decoder has them all in memory at once.
    protected override long Unpacked(byte[] bytes)
    {
        try
        {
            return Image.Identify(bytes) is { } header ? 4L * header.Width * header.Height : 0;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return 0;
        }
    }

    public override byte[] Structured(byte[] bytes, Mutator mutator) => mutator.Bytes(bytes, [bytes]);
}
