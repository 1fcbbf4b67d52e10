namespace SimpleFlow.Kernels;

/// <summary>A tensor's memory: row-major, without gaps.</summary>
internal readonly unsafe struct Region(float* pointer, int[] sizes)
{
    public float* Pointer { get; } = pointer;

    public int[] Sizes { get; } = sizes;

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
}
