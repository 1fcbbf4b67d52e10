using System.Numerics;
using System.Runtime.CompilerServices;

namespace SimpleFlow.Kernels.Tiles;

/// <summary>A formula of up to six values and a constant, as a type, so that each formula gets its own compiled loop.</summary>
internal interface ITileFormula
{
    /// <summary>How many of the values it uses, starting with the first.</summary>
    static abstract int Operands { get; }

    /// <summary>The formula.</summary>
    static abstract Vector<float> Of(Vector<float> constant, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d,
        Vector<float> e, Vector<float> f);
}

/// <summary>Runs a formula over tiles in one pass. The last few elements go through the same vectors, so that an element's bits do not
/// depend on its position.</summary>
internal sealed unsafe class TileFormula<TFormula>(float constant) : ITileFunction where TFormula : struct, ITileFormula
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float** operands, float* result, int count)
    {
        // Each pointer is a local, so that it is a register. Values that the formula does not use are not loaded.
        float* a = operands[0], b = operands[1], c = At(operands, 2), d = At(operands, 3), e = At(operands, 4), f = At(operands, 5);
        var factor = new Vector<float>(constant);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            TFormula.Of(factor, Vector.Load(a + i), Vector.Load(b + i), Load(c, i, 2), Load(d, i, 3), Load(e, i, 4), Load(f, i, 5))
                .Store(result + i);
        for (; i < count; i++)
            result[i] = TFormula.Of(factor, new Vector<float>(a[i]), new Vector<float>(b[i]), One(c, i, 2), One(d, i, 3), One(e, i, 4),
                One(f, i, 5))[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* At(float** operands, int operand) => operand < TFormula.Operands ? operands[operand] : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(float* tile, int i, int operand) =>
        operand < TFormula.Operands ? Vector.Load(tile + i) : Vector<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> One(float* tile, int i, int operand) =>
        operand < TFormula.Operands ? new Vector<float>(tile[i]) : Vector<float>.Zero;
}
