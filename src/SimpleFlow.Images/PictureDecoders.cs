using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;

namespace SimpleFlow.Images;

/// <summary>ImageSharp with the decoders that we name and no others, and with limits.</summary>
internal static class PictureDecoders
{
    /// <summary>Shared by all threads.</summary>
    public static Configuration Configuration { get; } = WithDecoders(new Configuration
    {
        // As many files as there are processors are decoded at a time.
        MaxDegreeOfParallelism = 1,
        // No single array may be larger than the largest image, at four bytes a pixel, whatever a file declares.
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions
        {
            AllocationLimitMegabytes = 4 * (PictureFile.MostPixels >> 20) + 4,
            MaximumPoolSizeMegabytes = 64,
        }),
    });

    private static Configuration WithDecoders(Configuration configuration)
    {
        // Texts and colour profiles may be compressed: a few bytes become as many as they like. Nothing is needed of them.
        Add(PngFormat.Instance, new PngImageFormatDetector(), new PngDecoder { IgnoreMetadata = true });
        var firstPicture = new GifDecoder { IgnoreMetadata = true, DecodingMode = FrameDecodingMode.First };
        Add(GifFormat.Instance, new GifImageFormatDetector(), firstPicture);
        Add(BmpFormat.Instance, new BmpImageFormatDetector(), new BmpDecoder());
        Add(JpegFormat.Instance, new JpegImageFormatDetector(), new JpegDecoder { IgnoreMetadata = true });
        Add(WebpFormat.Instance, new WebpImageFormatDetector(), new WebpDecoder { IgnoreMetadata = true });
        return configuration;

        void Add(IImageFormat format, IImageFormatDetector detector, IImageDecoder decoder)
        {
            configuration.ImageFormatsManager.AddImageFormat(format);
            configuration.ImageFormatsManager.AddImageFormatDetector(detector);
            configuration.ImageFormatsManager.SetDecoder(format, decoder);
        }
    }
}
