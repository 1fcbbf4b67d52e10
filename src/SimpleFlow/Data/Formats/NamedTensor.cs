namespace SimpleFlow;

/// <summary>Some numbers with their shape.</summary>
/// <param name="Shape">The sizes of its axes; none for a single number.</param>
/// <param name="Values">As many numbers as the sizes multiply to, the last axis first.</param>
public sealed record NamedTensor(IReadOnlyList<long> Shape, float[] Values)
{
    private NamedTensor(IReadOnlyList<long> shape, StoredNumbers integers) : this(shape, []) => Integers = integers;

    /// <summary>The sizes of its axes; none for a single number.</summary>
    public IReadOnlyList<long> Shape { get; init => field = Required.Value(value); } = Required.Value(Shape);

    /// <summary>As many numbers as the sizes multiply to, the last axis first; whole numbers are rounded to the nearest float32 at each
    /// access.</summary>
    public float[] Values { get => Integers?.ToSingles() ?? field; init => field = Required.Value(value); } = Required.Value(Values);

    /// <summary>How a safetensors file stores the numbers: <c>F32</c>, or for whole numbers their type, such as <c>I64</c> or <c>BOOL</c>.
    /// Floats of other types become F32 when they are read.</summary>
    public string Type => (Integers?.Type ?? StoredNumber.Float32).Name;

    /// <summary>Whether they are whole numbers or truth values (0 and 1).</summary>
    public bool IsInteger => Integers is not null;

    /// <summary>How many numbers there are.</summary>
    public int Count => Integers?.Count ?? Values.Length;

    /// <summary>The whole numbers; null for floats.</summary>
    internal StoredNumbers? Integers { get; }

    /// <summary>Whole numbers, which a file stores as <c>I64</c>.</summary>
    /// <param name="shape">The sizes of the axes.</param>
    /// <param name="integers">The numbers.</param>
    public static NamedTensor OfIntegers(IReadOnlyList<long> shape, ReadOnlySpan<long> integers) => Of(shape, StoredNumbers.Of(integers));

    /// <summary>The whole numbers exactly as they are stored.</summary>
    /// <exception cref="DataException">The numbers are not whole, or one of type U64 is too large for a long.</exception>
    public long[] ToIntegers() =>
        Integers?.ToLongs() ?? throw new DataException($"The tensor holds {Type}, which are not whole numbers: use Values.");

    internal static NamedTensor Of(IReadOnlyList<long> shape, StoredNumbers integers) => new(shape, integers);
}
