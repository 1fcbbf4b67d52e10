using System.Buffers.Binary;

namespace SimpleFlow;

/// <summary>Numbers as a file stores them, whole ones and float64: they take no more memory than in the file, and are converted when they
/// are used.</summary>
/// <param name="Type">How they are stored.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record StoredNumbers(StoredNumber Type, byte[] Bytes)
{
    public int Count => Bytes.Length / Type.Size;

    /// <summary>The numbers, rounded to the nearest float32.</summary>
    public float[] ToSingles()
    {
        var values = new float[Count];
        using var stream = new MemoryStream(Bytes);
        Type.Read(stream, values, out _);
        return values;
    }

    /// <summary>float64, bit for bit.</summary>
    public static StoredNumbers Of(ReadOnlySpan<double> numbers)
    {
        var bytes = new byte[checked(sizeof(double) * numbers.Length)];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(sizeof(double) * i), numbers[i]);
        return new(StoredNumber.Float64, bytes);
    }

    /// <summary>Whole numbers.</summary>
    public static StoredNumbers Of(ReadOnlySpan<long> numbers)
    {
        var bytes = new byte[checked(sizeof(long) * numbers.Length)];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long) * i), numbers[i]);
        return new(StoredNumber.Int64, bytes);
    }

    /// <summary>The numbers, if they are float64.</summary>
    public double[] ToDoubles()
    {
        var numbers = new double[Count];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadDoubleLittleEndian(Bytes.AsSpan(sizeof(double) * i));
        return numbers;
    }

    /// <summary>The numbers, if they are whole.</summary>
    /// <exception cref="DataException">One is too large for a long.</exception>
    public long[] ToLongs()
    {
        var numbers = new long[Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            try
            {
                numbers[i] = Type.Integer(Bytes.AsSpan(i * Type.Size));
            }
            catch (OverflowException exception)
            {
                throw new DataException(
                    $"The tensor holds {Type.Name}, and its number {i} is larger than the largest long, {long.MaxValue}: use Values, "
                        + "which rounds.", exception);
            }
        }
        return numbers;
    }
}
