using System.Buffers.Binary;
using System.IO.Compression;

namespace SimpleFlow.Playground.Experiments;

/// <summary>Handwritten digits: those to learn from, and those to test with.</summary>
/// <param name="Train">Those to learn from.</param>
/// <param name="Test">Those to test with.</param>
public sealed record DigitData(DigitSet Train, DigitSet Test)
{
    /// <summary>The side of a picture in pixels.</summary>
    public const int Side = 28;

    /// <summary>The pixels of a picture.</summary>
    public const int Pixels = Side * Side;

    /// <summary>The number of different digits.</summary>
    public const int Classes = 10;

    /// <summary>Reads the file that <c>playground/digits.cs</c> writes.</summary>
    public static DigitData Read(Stream file)
    {
        using var unpacked = new DeflateStream(file, CompressionMode.Decompress);
        return new DigitData(ReadSet(unpacked), ReadSet(unpacked));
    }

    private static DigitSet ReadSet(Stream stream)
    {
        Span<byte> header = stackalloc byte[4];
        stream.ReadExactly(header);
        var count = BinaryPrimitives.ReadInt32BigEndian(header);
        var (pixels, labels) = (new byte[count * Pixels], new byte[count]);
        stream.ReadExactly(pixels);
        stream.ReadExactly(labels);
        return new DigitSet(pixels, labels);
    }
}

/// <summary>Pictures of digits with their labels.</summary>
/// <param name="Pixels">A byte for each pixel, picture by picture and row by row: 0 is paper, 255 is ink.</param>
/// <param name="Labels">The digit that each shows.</param>
public sealed record DigitSet(byte[] Pixels, byte[] Labels)
{
    /// <summary>How many there are.</summary>
    public int Count => Labels.Length;

    /// <summary>The pixels of some pictures as data: [pictures, 784], from 0 to 1.</summary>
    public DataArray Images(int start, int count) =>
        DataArray.Bytes(Pixels[(start * DigitData.Pixels)..((start + count) * DigitData.Pixels)], [count, DigitData.Pixels], 1 / 255f);

    /// <summary>All pictures as data.</summary>
    public DataArray AllImages => Images(0, Count);

    /// <summary>All labels as data.</summary>
    public DataArray AllLabels => Array.ConvertAll(Labels, label => (int)label);

    /// <summary>The pixels of one picture, from 0 to 1.</summary>
    public float[] Picture(int index) =>
        Array.ConvertAll(Pixels[(index * DigitData.Pixels)..((index + 1) * DigitData.Pixels)], pixel => pixel / 255f);

    /// <summary>These pictures and another one, as often as it is to count.</summary>
    public DigitSet With(float[] picture, int label, int times)
    {
        byte[] pixels = Array.ConvertAll(picture, pixel => (byte)Math.Round(255 * pixel));
        return new([.. Pixels, .. Enumerable.Repeat(pixels, times).SelectMany(one => one)],
            [.. Labels, .. Enumerable.Repeat((byte)label, times)]);
    }
}
