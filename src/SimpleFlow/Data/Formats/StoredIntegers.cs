namespace SimpleFlow;

/// <summary>Whole numbers as the file stores them: they take no more memory than in the file, and are converted when they are
/// used.</summary>
/// <param name="Type">How they are stored.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record StoredIntegers(StoredNumber Type, byte[] Bytes)
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

    /// <summary>The numbers.</summary>
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
