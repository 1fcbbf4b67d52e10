using System.Buffers.Binary;

namespace SimpleFlow.Defaults;

/// <summary>
/// A stand-in for Fashion-MNIST, which is not in the repository: 20,000 of MNIST's digits, turned, slanted, sized and moved at random,
/// paler, with a bar over some and noise over all, until the five nearest neighbours tell as few of them as of Fashion-MNIST's clothes
/// (85 %). They are still digits: what a network reaches on them says how well it learns hard images, not what it would reach on clothes.
/// </summary>
internal static class HarderDigits
{
    private const int Side = 28, TrainRows = 16_000, TestRows = 4000;
    private const double Turn = 15, Slant = 0.15, Size = 0.12, Shift = 1.5, Palest = 0.5, Noise = 0.12, BarShare = 0.3;
    private const int BarWidth = 4;

    /// <summary>Writes them as four IDX files, and each once more as a picture in a folder of its class, into sub-folders.</summary>
    public static void Write(string folder)
    {
        var digits = SimpleFlow.Mnist.Load(Path.Combine(Shipped.Root, "data", "mnist")).Train;
        var (pixels, labels) = (new float[digits.Images.Count], new int[digits.Count]);
        digits.Images.CopyTo(pixels.AsSpan());
        digits.Labels.CopyTo(labels.AsSpan());
        var random = new Random(1);
        var images = new byte[TrainRows + TestRows][];
        for (var row = 0; row < images.Length; row++) images[row] = Harder(pixels.AsSpan(row * Side * Side, Side * Side), random);
        var idx = Directory.CreateDirectory(Path.Combine(folder, "idx")).FullName;
        WriteIdx(idx, "train", images.AsSpan(..TrainRows), labels.AsSpan(..TrainRows));
        WriteIdx(idx, "t10k", images.AsSpan(TrainRows), labels.AsSpan(TrainRows, TestRows));
        for (var row = 0; row < images.Length; row++)
        {
            var part = row < TrainRows ? "train" : "test";
            var place = Directory.CreateDirectory(Path.Combine(folder, "pictures", part, $"{labels[row]}")).FullName;
            File.WriteAllBytes(Path.Combine(place, $"{row:D5}.bmp"), Bitmap(images[row]));
        }
    }

    private static byte[] Harder(ReadOnlySpan<float> digit, Random random)
    {
        var angle = random.Uniform(-Turn, Turn) * Math.PI / 180;
        var (slant, size) = (random.Uniform(-Slant, Slant), random.Uniform(1 - Size, 1 + Size));
        var (right, down) = (random.Uniform(-Shift, Shift), random.Uniform(-Shift, Shift));
        var ink = random.Uniform(Palest, 1);
        var bar = random.NextDouble() < BarShare ? random.Next(Side) : -BarWidth;
        var image = new byte[Side * Side];
        const double Middle = (Side - 1) / 2.0;
        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++)
            {
                var (x, y) = ((column - Middle - right) / size, (row - Middle - down) / size);
                var (fromX, fromY) = (Math.Cos(angle) * x + (Math.Sin(angle) + slant) * y, Math.Cos(angle) * y - Math.Sin(angle) * x);
                var isHidden = row >= bar && row < bar + BarWidth;
                var value = (isHidden ? 0 : ink * Between(digit, fromX + Middle, fromY + Middle)) + random.Normal(0, Noise);
                image[row * Side + column] = (byte)Math.Clamp(Math.Round(255 * value), 0, 255);
            }
        }
        return image;
    }

    // Of the four pixels around a place, each as much as it is near; outside there is none.
    private static double Between(ReadOnlySpan<float> digit, double x, double y)
    {
        var (column, row) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (across, along) = (x - column, y - row);
        return (1 - along) * ((1 - across) * At(digit, row, column) + across * At(digit, row, column + 1))
            + along * ((1 - across) * At(digit, row + 1, column) + across * At(digit, row + 1, column + 1));

        static double At(ReadOnlySpan<float> digit, int row, int column) =>
            row is >= 0 and < Side && column is >= 0 and < Side ? digit[row * Side + column] : 0;
    }

    private static void WriteIdx(string folder, string part, ReadOnlySpan<byte[]> images, ReadOnlySpan<int> labels)
    {
        using var pixels = File.Create(Path.Combine(folder, $"{part}-images-idx3-ubyte"));
        Header(pixels, 0x803, images.Length, Side, Side);
        foreach (var image in images) pixels.Write(image);
        using var classes = File.Create(Path.Combine(folder, $"{part}-labels-idx1-ubyte"));
        Header(classes, 0x801, labels.Length);
        foreach (var label in labels) classes.WriteByte((byte)label);
    }

    private static void Header(FileStream file, params ReadOnlySpan<int> numbers)
    {
        Span<byte> four = stackalloc byte[4];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt32BigEndian(four, number);
            file.Write(four);
        }
    }

    // The plainest picture file: a header, a table of 256 greys, and the rows from the last to the first.
    private static byte[] Bitmap(byte[] image)
    {
        const int Greys = 256, Start = 54 + 4 * Greys;
        var file = new byte[Start + image.Length];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        ReadOnlySpan<(int At, int Number)> header =
            [(2, file.Length), (10, Start), (14, 40), (18, Side), (22, Side), (26, 1 | 8 << 16), (46, Greys)];
        foreach (var (at, number) in header) BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), number);
        for (var grey = 0; grey < Greys; grey++) file.AsSpan(54 + 4 * grey, 3).Fill((byte)grey);
        for (var row = 0; row < Side; row++) image.AsSpan((Side - 1 - row) * Side, Side).CopyTo(file.AsSpan(Start + row * Side));
        return file;
    }
}
