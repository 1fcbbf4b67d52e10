namespace SimpleFlow.Cli.Benches;

/// <summary>Random data of the right shape.</summary>
internal static class RandomData
{
    /// <summary>Numbers from -1 to 1.</summary>
    public static DataArray Numbers(int rows, params int[] row)
    {
        var random = new Random(1);
        var numbers = new float[row.Aggregate(rows, (count, size) => count * size)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = 2 * random.NextSingle() - 1;
        return DataArray.From(numbers).Reshape([rows, .. row]);
    }

    /// <summary>Images as MNIST has them: bytes that stand for numbers from 0 to 1.</summary>
    public static DataArray Pixels(int rows, int columns)
    {
        var bytes = new byte[rows * columns];
        new Random(2).NextBytes(bytes);
        return DataArray.Bytes(bytes, [rows, columns], scale: 1 / 255f);
    }

    public static DataArray Labels(int rows, int classes)
    {
        var random = new Random(3);
        var labels = new byte[rows];
        for (var i = 0; i < rows; i++) labels[i] = (byte)random.Next(classes);
        return DataArray.Bytes(labels, [rows]);
    }
}
