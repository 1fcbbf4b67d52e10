namespace SimpleFlow;

/// <summary>Numbers that are written straight from memory, so that saving a model needs no second copy of it.</summary>
/// <param name="Shape">The sizes of the axes.</param>
/// <param name="Values">The numbers; none if they are whole.</param>
/// <param name="Integers">Whole numbers; null for floats.</param>
internal sealed record WrittenTensor(IReadOnlyList<long> Shape, ReadOnlyMemory<float> Values, StoredIntegers? Integers = null)
{
    public int Count => Integers?.Count ?? Values.Length;

    public StoredNumber Stored => Integers?.Type ?? StoredNumber.Float32;

    /// <summary>The same numbers.</summary>
    public static WrittenTensor Of(NamedTensor tensor) => tensor switch
    {
        null => null!,
        { Integers: { } integers } => new(tensor.Shape, ReadOnlyMemory<float>.Empty, integers),
        _ => new(tensor.Shape, tensor.Values),
    };
}
