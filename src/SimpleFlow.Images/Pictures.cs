namespace SimpleFlow.Images;

/// <summary>
/// Image files (PNG, JPEG, BMP, WebP, the first picture of a GIF) as numbers, upright according to their EXIF data, with a white background
/// behind transparent parts. As many threads as there are processors read them.
/// </summary>
public sealed class Pictures
{
    // The default size if the files differ in size or are large.
    private const int UsualSide = 64, LargestOwnSide = 128;

    // Small beside the memory of a machine, and large beside what is kept of a block apart from its pixels.
    private const int BlockBytes = 1 << 25;

    private Pictures(IReadOnlyList<string> files, DataArray images, int channels, int rows, int columns) =>
        (Files, Images, Channels, Rows, Columns) = (files, images, channels, rows, columns);

    /// <summary>The files, in the order of the images.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Numbers from 0 (black) to 1, [files, channels, rows, columns], stored as bytes.</summary>
    public DataArray Images { get; }

    /// <summary>1 if the images are grey; 3 for red, green and blue.</summary>
    public int Channels { get; }

    /// <summary>The height of all images in pixels.</summary>
    public int Rows { get; }

    /// <summary>Their width in pixels.</summary>
    public int Columns { get; }

    /// <summary>Reads files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="rows">The height that all are stretched to; by default their own if all have the same size and it is at most 128, else
    /// 64.</param>
    /// <param name="columns">The width, in the same way.</param>
    /// <param name="channels">1 to make them grey, 3 for colours; by default 1 if all are grey, else 3.</param>
    /// <param name="progress">Receives every file that is read, on any of the threads.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="DataException">There are none, or one is not an image or is damaged; the message names the file.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Pictures Read(
        IReadOnlyList<string> files, int? rows = null, int? columns = null, int? channels = null,
        IProgress<ReadingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (channels is not (null or 1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "An image must have 1 or 3 channels.");
        if (files.Count == 0) throw new DataException("There are no images.");
        var (height, width) = SizeOf(files, rows, columns, cancellation);
        if ((long)height * width > PictureFile.MostPixels)
            throw new DataException(
                $"Images of {height} × {width} pixels are too large; at most {PictureFile.MostPixels:N0} pixels are read.");
        var plane = height * width;
        var (needed, free) = (3L * plane * files.Count, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (needed > free)
            throw new DataException(
                $"{files.Count:N0} images of {height} × {width} pixels need {needed:N0} bytes, and the memory has {free:N0}: read "
                    + "fewer, or smaller ones.");
        // In blocks: one array for all would end at 2 GB.
        var inBlock = Math.Max(1, BlockBytes / (3 * plane));
        var blocks = new byte[(files.Count + inBlock - 1) / inBlock][];
        for (var i = 0; i < blocks.Length; i++) blocks[i] = new byte[Math.Min(inBlock, files.Count - i * inBlock) * 3 * plane];
        var greys = new bool[files.Count];
        var done = 0;
        InParallel(files.Count, index =>
        {
            var memory = blocks[index / inBlock].AsMemory(index % inBlock * 3 * plane, 3 * plane);
            PictureFile.Decode(files[index], height, width, memory);
            var planes = memory.Span;
            greys[index] = planes[..plane].SequenceEqual(planes.Slice(plane, plane))
                && planes[..plane].SequenceEqual(planes[(2 * plane)..]);
            progress?.Report(new ReadingProgress(Interlocked.Increment(ref done), files.Count));
        }, cancellation);
        var depth = channels ?? (Array.TrueForAll(greys, grey => grey) ? 1 : 3);
        if (depth == 1) for (var i = 0; i < blocks.Length; i++) blocks[i] = Grey(blocks[i], plane);
        var images =
            blocks.Select(block => DataArray.Bytes(block, [block.Length / (depth * plane), depth, height, width], scale: 1 / 255f));
        return new Pictures(files, DataArray.Join([.. images]), depth, height, width);
    }

    /// <summary>The image files in a folder and all below it, in the order of their names, hidden ones left out.
    /// <see cref="PictureListing"/> tells the others, too.</summary>
    /// <exception cref="DataException">There is no such folder.</exception>
    public static IReadOnlyList<string> In(string folder) => PictureListing.Of(folder).Pictures;

    private static (int Rows, int Columns) SizeOf(IReadOnlyList<string> files, int? rows, int? columns, CancellationToken cancellation)
    {
        if (rows is < 1) throw new ArgumentOutOfRangeException(nameof(rows), rows, "An image must be at least one pixel high.");
        if (columns is < 1) throw new ArgumentOutOfRangeException(nameof(columns), columns, "An image must be at least one pixel wide.");
        if (rows is { } height && columns is { } width) return (height, width);
        var sizes = files.Select(SizeUnlessCancelled).Distinct().Take(2).ToList();
        var own = sizes is [{ Rows: <= LargestOwnSide, Columns: <= LargestOwnSide } only] ? only : (Rows: UsualSide, Columns: UsualSide);
        return (rows ?? own.Rows, columns ?? own.Columns);

        (int Rows, int Columns) SizeUnlessCancelled(string file)
        {
            cancellation.ThrowIfCancellationRequested();
            return PictureFile.Size(file);
        }
    }

    // The weights of ITU-R BT.601, as JPEG has them.
    private static byte[] Grey(byte[] colours, int plane)
    {
        var grey = new byte[colours.Length / 3];
        for (var i = 0; i < grey.Length; i++)
        {
            var at = i / plane * 3 * plane + i % plane;
            grey[i] = (byte)(0.299f * colours[at] + 0.587f * colours[at + plane] + 0.114f * colours[at + 2 * plane] + 0.5f);
        }
        return grey;
    }

    private static void InParallel(int count, Action<int> work, CancellationToken cancellation)
    {
        // In a browser there is one thread, and it must not wait for others.
        if (Environment.ProcessorCount == 1)
        {
            for (var i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                work(i);
            }
            return;
        }
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, work);
        }
        catch (AggregateException exception) when (exception.InnerExceptions.OfType<DataException>().MinBy(one => one.Message,
            StringComparer.Ordinal) is { } first)
        {
            throw new DataException(first.Message, exception);
        }
    }
}
