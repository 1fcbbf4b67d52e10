namespace SimpleFlow.Kernels;

/// <summary>Copies a tensor whose axes are walked with given strides: transposing and slicing are one loop over the result in
/// order.</summary>
internal sealed unsafe class StridedCopy : Kernel
{
    private readonly float* _source;
    private readonly float* _result;
    private readonly int[] _sizes;
    private readonly long[] _strides;
    private readonly int _count;
    private readonly int _width;
    private readonly long _step;

    /// <param name="source">The first element of the result.</param>
    /// <param name="strides">How far apart in the source neighbours along each axis of the result are.</param>
    /// <param name="result">The result, row-major.</param>
    public StridedCopy(float* source, long[] strides, Region result)
    {
        _source = source;
        _result = result.Pointer;
        (_sizes, _strides) = result.Sizes.Length == 0 ? ([1], [1]) : (result.Sizes, strides);
        _count = result.Count;
        (_width, _step) = (_sizes[^1], _strides[^1]);
    }

    public override IEnumerable<KernelPath> Paths(int parts) => [_step == 1 ? KernelPath.Runs : KernelPath.Pieces];

    public override void Run(int part, int parts)
    {
        if (_count == 0) return;
        var (start, end) = Piece(_count / _width, part, parts, grain: 16);
        for (var row = start; row < end; row++)
        {
            var from = _source;
            var rest = row;
            for (var axis = _sizes.Length - 2; axis >= 0; axis--)
            {
                from += rest % _sizes[axis] * _strides[axis];
                rest /= _sizes[axis];
            }
            var to = _result + (long)row * _width;
            if (_step == 1) new ReadOnlySpan<float>(from, _width).CopyTo(new Span<float>(to, _width));
            else for (var i = 0; i < _width; i++) to[i] = from[i * _step];
        }
    }
}

/// <summary>
/// Copies [outer, length, inner] between two memory areas, each with its own strides: concatenating, splitting, slicing, placing a slice.
/// </summary>
internal sealed unsafe class BlockCopy(Block source, Block result, int outer, int length, int inner) : Kernel
{
    private readonly bool _isOneRun = source.Stride == inner && result.Stride == inner;

    public override IEnumerable<KernelPath> Paths(int parts) => [_isOneRun ? KernelPath.Runs : KernelPath.Pieces];

    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(outer, part, parts);
        for (var i = start; i < end; i++)
        {
            var from = source.Pointer + i * source.OuterStride;
            var to = result.Pointer + i * result.OuterStride;
            if (_isOneRun)
            {
                new ReadOnlySpan<float>(from, length * inner).CopyTo(new Span<float>(to, length * inner));
                continue;
            }
            for (var j = 0; j < length; j++)
                new ReadOnlySpan<float>(from + j * source.Stride, inner).CopyTo(new Span<float>(to + j * result.Stride, inner));
        }
    }
}

/// <summary>The memory area that a <see cref="BlockCopy"/> reads or writes.</summary>
// Not a record: the generated ToString cannot print a pointer, but would still be compiled ahead of time.
internal readonly unsafe struct Block(float* pointer, long outerStride, long stride)
{
    public float* Pointer => pointer;

    public long OuterStride => outerStride;

    public long Stride => stride;
}

/// <summary>Copies what lies in one piece to another place.</summary>
internal sealed unsafe class CopyKernel(float* source, float* result, int count) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(count, part, parts, grain: 16);
        new ReadOnlySpan<float>(source + start, end - start).CopyTo(new Span<float>(result + start, end - start));
    }
}

/// <summary>Zeroes memory.</summary>
internal sealed unsafe class Clear(float* result, int count) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(count, part, parts, grain: 16);
        new Span<float>(result + start, end - start).Clear();
    }
}

/// <summary>Runs several kernels one after the other as one step, in one part, because a later one may need the whole result of an earlier
/// one.</summary>
internal sealed class Sequence(params Kernel[] kernels) : Kernel
{
    public override IEnumerable<KernelPath> Paths(int parts) => kernels.SelectMany(kernel => kernel.Paths(parts));

    public override void Run(int part, int parts)
    {
        if (part > 0) return;
        foreach (var kernel in kernels) kernel.Run(0, 1);
    }
}
