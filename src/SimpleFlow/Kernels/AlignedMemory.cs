using System.Runtime.CompilerServices;

namespace SimpleFlow.Kernels;

/// <summary>
/// Floats that start at a 64-byte boundary (one cache line, one 512-bit vector) and never move, so that kernels may keep pointers to them.
/// It is a pinned array rather than native memory: the garbage collector owns it, so nothing has to be disposed of and nothing can be freed
/// too early.
/// </summary>
internal sealed unsafe class AlignedMemory
{
    private const int Alignment = 64;
    private const int Margin = Alignment / sizeof(float);
    private readonly float[] _array;
    private readonly int _start;

    /// <summary>The maximum number of floats: an array's maximum length minus the margin.</summary>
    public const int Longest = 0x7FFF_FFC7 - Margin;

    /// <summary>Zeroed memory of <paramref name="length"/> floats.</summary>
    public AlignedMemory(int length)
    {
        _array = GC.AllocateArray<float>(length + Margin, pinned: true);
        var first = (float*)Unsafe.AsPointer(ref _array[0]);
        Pointer = (float*)(((nuint)first + Alignment - 1) / Alignment * Alignment);
        _start = (int)(Pointer - first);
        Length = length;
    }

    /// <summary>The first float. Valid as long as this object is reachable.</summary>
    public float* Pointer { get; }

    public int Length { get; }

    /// <summary>All floats. Like every span of an array it keeps the memory alive; a pointer does not.</summary>
    public Span<float> Span => _array.AsSpan(_start, Length);

    /// <summary>All floats, for callers that must keep them.</summary>
    public ReadOnlyMemory<float> Whole => _array.AsMemory(_start, Length);
}
