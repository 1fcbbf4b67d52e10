using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Tiles;

/// <summary>
/// Runs a chain of elementwise functions tile by tile: a tile goes through the whole chain while it stays in the first-level cache,
/// so that only the chain's inputs and results touch memory. Broadcast operands are unrolled into the tile.
/// </summary>
/// <remarks>
/// A tile is a run of consecutive elements of the result. Operands come in four kinds:
/// dense (same shape without gaps: read in place), uniform (one element: a tile filled once), periodic (a bias, for example: filled once,
/// because every tile needs the same elements if its length is a multiple of the period), and general (unrolled for every tile).
/// </remarks>
internal sealed unsafe class TileKernel : Kernel, IEpilogue
{
    // An idiom's formula has six.
    private const int MostOperands = 6;

    private readonly TileProgram _program;
    private readonly Region[] _inputs;
    private readonly float*[] _results;
    private readonly float* _scratch;
    private readonly KernelPath[] _kinds;
    private readonly int[][] _strides;
    private readonly int[] _sizes;
    private readonly int _count;
    private readonly int _tile;

    /// <param name="program">What to compute.</param>
    /// <param name="inputs">What it reads; each broadcasts to <paramref name="sizes"/>.</param>
    /// <param name="sizes">The shape of every result.</param>
    /// <param name="results">For each stored instruction, where its value goes.</param>
    /// <param name="scratch">As many floats as the program needs.</param>
    public TileKernel(TileProgram program, Region[] inputs, int[] sizes, float*[] results, float* scratch)
    {
        (_program, _inputs, _results) = (program, inputs, results);
        _scratch = scratch;
        _count = new Region(null, sizes).Count;
        (_sizes, _strides) = Collapse(sizes, inputs);
        _kinds = Array.ConvertAll(_strides, strides => KindOf(strides, _sizes));
        var period = 1;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (_kinds[i] == KernelPath.Periodic) period = Math.Max(period, PeriodOf(_strides[i], _sizes));
        }
        _tile = TileLength(_count, period);
    }

    public override IEnumerable<KernelPath> Paths(int parts) => _kinds.Distinct();

    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(_count, part, parts, _tile);
        if (start < end) Range(part, start, end);
    }

    /// <summary>Continues with a block that a product has just finished: row by row, unless the rows are contiguous.</summary>
    public void Finish(int part, int start, int rows, int columns, int stride)
    {
        if (columns == stride) (rows, columns) = (1, rows * columns);
        for (var row = 0; row < rows; row++) Range(part, start + row * stride, start + row * stride + columns);
    }

    /// <summary>
    /// Computes the results from <paramref name="start"/> to <paramref name="end"/>.
    /// If that is not the whole range, both ends and the last axis are multiples of four, so that no tile has one to three elements:
    /// see <see cref="TileLength"/>.
    /// </summary>
    /// <param name="part">The part whose scratch is used.</param>
    /// <param name="start">The first element.</param>
    /// <param name="end">The element after the last one.</param>
    /// <param name="handedOn">Where the last instruction's values go instead of to memory: one float per element.</param>
    public void Range(int part, int start, int end, float* handedOn = null)
    {
        var inputs = _inputs.Length;
        var instructions = _program.Instructions;
        var tiles = _scratch + (long)part * _program.Tiles * TileProgram.LongestTile;
        var values = stackalloc float*[inputs + instructions.Length];
        var operands = stackalloc float*[MostOperands];
        for (var i = 0; i < inputs; i++)
        {
            values[i] = tiles + (long)i * TileProgram.LongestTile;
            var filled = Math.Min(_tile, end - start);
            if (_kinds[i] == KernelPath.Uniform) new Span<float>(values[i], filled).Fill(*_inputs[i].Pointer);
            else if (_kinds[i] == KernelPath.Periodic) Repeat(i, start, filled, values[i]);
        }
        for (int position = start, count; position < end; position += count)
        {
            count = Math.Min(_tile, end - position);
            for (var i = 0; i < inputs; i++)
            {
                if (_kinds[i] == KernelPath.Dense) values[i] = _inputs[i].Pointer + position;
                else if (_kinds[i] == KernelPath.General) Unroll(i, position, count, values[i]);
            }
            for (var i = 0; i < instructions.Length; i++)
            {
                var from = instructions[i].Operands;
                for (var j = 0; j < from.Length; j++) operands[j] = values[from[j]];
                var result = handedOn != null && i == instructions.Length - 1 ? handedOn + (position - start)
                    : instructions[i].IsStored ? _results[i] + position
                    : tiles + (long)_program.TileOf[i] * TileProgram.LongestTile;
                instructions[i].Function.Run(operands, result, count);
                values[inputs + i] = result;
            }
        }
    }

    /// <summary>Fills a tile with a repeating operand: unrolls one period, then keeps doubling it.</summary>
    private void Repeat(int input, int position, int count, float* tile)
    {
        var done = Math.Min(count, PeriodOf(_strides[input], _sizes));
        Unroll(input, position, done, tile);
        while (done < count)
        {
            var more = Math.Min(done, count - done);
            new ReadOnlySpan<float>(tile, more).CopyTo(new Span<float>(tile + done, more));
            done += more;
        }
    }

    /// <summary>Writes the operand's elements for the results from <paramref name="position"/> on, run by run along the innermost
    /// axis.</summary>
    private void Unroll(int input, int position, int count, float* tile)
    {
        var strides = _strides[input];
        var last = _sizes.Length - 1;
        var width = _sizes[last];
        while (count > 0)
        {
            var row = position / width;
            var column = position % width;
            var offset = (long)column * strides[last];
            for (var axis = last - 1; axis >= 0; axis--)
            {
                offset += (long)(row % _sizes[axis]) * strides[axis];
                row /= _sizes[axis];
            }
            var run = Math.Min(count, width - column);
            var from = _inputs[input].Pointer + offset;
            if (strides[last] == 0) new Span<float>(tile, run).Fill(*from);
            else if (strides[last] == 1) new ReadOnlySpan<float>(from, run).CopyTo(new Span<float>(tile, run));
            else for (var i = 0; i < run; i++) tile[i] = from[(long)i * strides[last]];
            tile += run;
            position += run;
            count -= run;
        }
    }

    /// <summary>
    /// The length of a tile: as many whole periods as fit, but such that the last tile does not have one to three elements.
    /// TensorPrimitives computes so few one by one, and their last bits differ from those of its vectors; an element's bits must not depend
    /// on where a tile ends.
    /// </summary>
    private static int TileLength(int count, int period)
    {
        var length = TileProgram.LongestTile / period * period;
        while (count > length && count % length is > 0 and < 4) length -= period;
        return length;
    }

    /// <summary>Merges neighbouring axes that every operand walks as one, so that most programs have one or two axes.</summary>
    private static (int[] Sizes, int[][] Strides) Collapse(int[] sizes, Region[] inputs)
    {
        var strides = Array.ConvertAll(inputs, input => BroadcastStrides(input, sizes));
        var kept = new List<int>();          // sizes, innermost first
        var keptStrides = Array.ConvertAll(inputs, _ => new List<int>());
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            if (sizes[axis] == 1) continue;
            var joins = kept.Count > 0;
            for (var i = 0; joins && i < inputs.Length; i++) joins = strides[i][axis] == keptStrides[i][^1] * kept[^1];
            if (joins)
            {
                kept[^1] *= sizes[axis];
                continue;
            }
            kept.Add(sizes[axis]);
            for (var i = 0; i < inputs.Length; i++) keptStrides[i].Add(strides[i][axis]);
        }
        if (kept.Count == 0)
        {
            kept.Add(1);
            foreach (var list in keptStrides) list.Add(0);
        }
        kept.Reverse();
        foreach (var list in keptStrides) list.Reverse();
        return ([.. kept], Array.ConvertAll(keptStrides, list => list.ToArray()));
    }

    private static int[] BroadcastStrides(Region operand, int[] result)
    {
        var strides = new int[result.Length];
        var (sizes, stride) = (operand.Sizes, 1);
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis + result.Length - sizes.Length] = sizes[axis] == 1 ? 0 : operand.Strides is { } own ? own[axis] : stride;
            stride *= sizes[axis];
        }
        return strides;
    }

    private static KernelPath KindOf(int[] strides, int[] sizes)
    {
        if (Array.TrueForAll(strides, stride => stride == 0)) return KernelPath.Uniform;
        var (isDense, stride) = (true, 1);
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            isDense &= strides[axis] == stride;
            stride *= sizes[axis];
        }
        if (isDense) return KernelPath.Dense;
        return PeriodOf(strides, sizes) <= TileProgram.LongestTile ? KernelPath.Periodic : KernelPath.General;
    }

    /// <summary>After how many results the operand repeats: the product of the axes, starting at the outermost one that it varies
    /// along.</summary>
    private static int PeriodOf(int[] strides, int[] sizes) => Product(sizes, Array.FindIndex(strides, stride => stride != 0));

    private static int Product(int[] sizes, int from)
    {
        var product = 1;
        for (var axis = from; axis < sizes.Length; axis++) product *= sizes[axis];
        return product;
    }
}
