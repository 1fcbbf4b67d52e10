namespace SimpleFlow;

/// <summary>Numbers that are written straight from memory, so that saving a model needs no second copy of it.</summary>
/// <param name="Shape">The sizes of the axes.</param>
/// <param name="Values">Numbers of type float32; none if they are of another type.</param>
/// <param name="Others">Numbers of another type; null for float32.</param>
internal sealed record WrittenTensor(IReadOnlyList<long> Shape, ReadOnlyMemory<float> Values, StoredNumbers? Others = null)
{
    /// <summary>Numbers of another type than float32.</summary>
    public WrittenTensor(IReadOnlyList<long> shape, StoredNumbers numbers) : this(shape, ReadOnlyMemory<float>.Empty, numbers) { }

    public int Count => Others?.Count ?? Values.Length;

    public StoredNumber Stored => Others?.Type ?? StoredNumber.Float32;

    /// <summary>The same numbers.</summary>
    public static WrittenTensor Of(NamedTensor tensor) => tensor switch
    {
        null => null!,
        { Integers: { } integers } => new(tensor.Shape, integers),
        _ => new(tensor.Shape, tensor.Values),
    };
}
