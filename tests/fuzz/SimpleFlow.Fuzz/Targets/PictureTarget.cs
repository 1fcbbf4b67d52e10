using SimpleFlow.Images;
using SkiaSharp;

namespace SimpleFlow.Fuzz;

/// <summary>Image files. Their pixels are decoded outside of managed memory.</summary>
internal sealed class PictureTarget : FuzzTarget
{
    public override string Name => "pictures";
    public override string Ending => ".png";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(6, 5, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var i = 0; i < 30; i++) bitmap.SetPixel(i % 6, i / 6, new SKColor((byte)(8 * i), (byte)(255 - 8 * i), 100));
        foreach (var (format, ending) in ((SKEncodedImageFormat, string)[])[(SKEncodedImageFormat.Png, "png"),
            (SKEncodedImageFormat.Jpeg, "jpg"), (SKEncodedImageFormat.Webp, "webp")])
        {
            using var data = bitmap.Encode(format, 90);
            yield return ($"picture.{ending}", data.ToArray());
        }
    }

    public override object Read(string path) => Pictures.Read([path], rows: 4, columns: 4);

    public override void Use(string path, object read)
    {
        if (((Pictures)read).Images.Rows != 1) throw new InvalidOperationException("One picture was read as several.");
    }

    public override byte[] Structured(byte[] bytes, Mutator mutator) => mutator.Bytes(bytes, [bytes]);
}
