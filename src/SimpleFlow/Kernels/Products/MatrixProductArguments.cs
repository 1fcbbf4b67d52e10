namespace SimpleFlow.Kernels.Products;

/// <summary>
/// Everything a matrix product needs to know: <c>C[m,n] = op(A)[m,k] · op(B)[k,n]</c>, where <c>op(X)</c> is <c>X</c> or <c>Xᵀ</c>.
/// This page is the contract between <see cref="MatrixProduct"/> and its callers.
/// </summary>
/// <remarks>
/// <para>Storage is row-major float32. Row <c>i</c> of a stored matrix begins at <c>pointer + i * leading dimension</c>, and the leading
/// dimension is at least the stored width: A is stored [m,k], or [k,m] when <see cref="TransposeA"/>; B is stored [k,n], or [n,k] when
/// <see cref="TransposeB"/>; C is [m,n]. What lies between the width and the leading dimension is neither used nor changed.</para>
/// <para>C overlaps neither A nor B nor the scratch. A and B may be the same matrix. Nothing needs more than the alignment of a float,
/// except the scratch (64 bytes), but rows that begin on 64 bytes are fastest.</para>
/// <para>Sizes are not negative. m = 0 or n = 0 does nothing. k = 0 gives zeros, or leaves C unchanged with <see cref="Accumulate"/>; the
/// epilogue is called in any case.</para>
/// <para>Every element of C is one chain, <c>c ← fma(a[i,p], b[p,j], c)</c> for p = 0, 1, …, k−1, starting from 0 or, when accumulating,
/// from the existing C. If k is above <see cref="LongSums.Chain"/>, it is several such chains, of <see cref="BlockSizes.StepsOf"/> steps,
/// each from 0, which are added one after the other; above <see cref="LongSums.Block"/>, every <see cref="LongSums.ChainsOfBlock"/> of them
/// are added to a total in float64. So its bits depend neither on the blocks
/// of rows and columns, nor on the packing, nor on the number of parts, nor on the vector width.
/// (Where the processor has no fused multiply-add, the widths 128 and scalar round the product first.)</para>
/// </remarks>
internal readonly unsafe struct MatrixProductArguments
{
    /// <summary>Rows of op(A) and of C.</summary>
    public int M { get; init; }

    /// <summary>Columns of op(B) and of C.</summary>
    public int N { get; init; }

    /// <summary>Columns of op(A), rows of op(B): the length of every sum.</summary>
    public int K { get; init; }

    /// <summary>The left operand as stored.</summary>
    public float* A { get; init; }

    /// <summary>Floats from one stored row of A to the next.</summary>
    public int Lda { get; init; }

    /// <summary>A is stored [k,m].</summary>
    public bool TransposeA { get; init; }

    /// <summary>The right operand as stored.</summary>
    public float* B { get; init; }

    /// <summary>Floats from one stored row of B to the next.</summary>
    public int Ldb { get; init; }

    /// <summary>B is stored [n,k].</summary>
    public bool TransposeB { get; init; }

    /// <summary>B is stored in panels as wide as a tile of the widest vectors, [n / width, k, width], as a product would pack it for
    /// itself: for an operand that many products share. Then <see cref="Ldb"/> and <see cref="TransposeB"/> are not used.</summary>
    public bool PanelsB { get; init; }

    /// <summary>The result.</summary>
    public float* C { get; init; }

    /// <summary>Floats from one row of C to the next.</summary>
    public int Ldc { get; init; }

    /// <summary>Add to C instead of replacing it.</summary>
    public bool Accumulate { get; init; }

    /// <summary>
    /// <see cref="MatrixProduct.ScratchFloats(int, int, int, bool, bool, bool)"/> floats on a 64-byte boundary, for one part only: parts
    /// that run at the same time need a scratch each. May be null if the size is 0.
    /// </summary>
    public float* Scratch { get; init; }

    /// <summary>Called with each finished block of C while it is in the cache, if given.</summary>
    public IEpilogue? Epilogue { get; init; }

    /// <summary>The part number to pass to the epilogue.</summary>
    public int EpiloguePart { get; init; }

    /// <summary>The offset of C in floats to pass to the epilogue, for a C that is one of a batch.</summary>
    public int EpilogueStart { get; init; }
}

/// <summary>What a product does with a block of its result as soon as it is finished.</summary>
internal interface IEpilogue
{
    /// <summary>
    /// Takes a block: <paramref name="rows"/> times <paramref name="columns"/> contiguous floats, and <paramref name="stride"/> from one
    /// row to the next. The blocks of all parts together cover every element once. They come in no particular order, and those of different
    /// parts may come at the same time. The method may change the block, but nothing else of C.
    /// </summary>
    /// <param name="part">The part that computed the block.</param>
    /// <param name="start">The offset of the block's first float.</param>
    /// <param name="rows">The block's rows.</param>
    /// <param name="columns">The block's columns.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    void Finish(int part, int start, int rows, int columns, int stride);
}
