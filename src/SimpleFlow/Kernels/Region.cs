namespace SimpleFlow.Kernels;

/// <summary>A tensor's memory: row-major, and without gaps unless there are strides.</summary>
internal readonly unsafe struct Region(float* pointer, int[] sizes, int[]? strides = null)
{
    public float* Pointer { get; } = pointer;

    public int[] Sizes { get; } = sizes;

    /// <summary>How far apart neighbours along each axis are, for a piece of a larger tensor; null if there are no gaps. Only tile programs
    /// read pieces with gaps.</summary>
    public int[]? Strides { get; } = strides;

    public int Count
    {
        get
        {
            var count = 1;
            foreach (var size in Sizes) count = checked(count * size);
            return count;
        }
    }

    public Span<float> Span => new(Pointer, Count);

    /// <summary>The same elements as whole numbers.</summary>
    public int* Integers => (int*)Pointer;

    public Span<int> IntegerSpan => new(Pointer, Count);
}

/// <summary>The seed of a run and the number of the current step: counter-based random numbers are made from them.</summary>
internal sealed class StepClock
{
    public ulong Seed { get; set; }

    public long Step { get; set; }

    /// <summary>Which rows of the step's batch are computed here.</summary>
    public BatchPart Part { get; set; } = BatchPart.Whole;
}

/// <summary>The rows of a batch that one rank of a cluster computes.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Rows">How many; 0: it computes a row that another rank counts.</param>
/// <param name="AllRows">How many rows the batch has.</param>
internal readonly record struct BatchPart(int First, int Rows, int AllRows)
{
    /// <summary>All rows, however many.</summary>
    public static BatchPart Whole { get; } = new(0, 1, 1);

    /// <summary>Its rows as a fraction of the batch.</summary>
    public float Share => (float)Rows / AllRows;
}
