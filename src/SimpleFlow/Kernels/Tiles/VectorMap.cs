using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimpleFlow.Kernels.Tiles;

/// <summary>A formula of one vector.</summary>
internal interface IVectorFormula
{
    Vector<float> Of(Vector<float> x);
}

/// <summary>A formula of two vectors.</summary>
internal interface IVectorFormula2
{
    Vector<float> Of(Vector<float> a, Vector<float> b);
}

/// <summary>
/// Applies a formula to spans if TensorPrimitives does not have it. The last few elements go through the same vector formula, all at once,
/// so that an element's bits do not depend on its position. The result may be one of the operands.
/// </summary>
internal static class VectorMap
{
    public static void Run<TFormula>(ReadOnlySpan<float> x, Span<float> y, TFormula formula) where TFormula : struct, IVectorFormula
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(y);
        var i = 0;
        for (; i + Vector<float>.Count <= y.Length; i += Vector<float>.Count)
            formula.Of(Vector.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        if (i == y.Length) return;
        var last = formula.Of(Rest(x[i..y.Length]));
        for (var lane = 0; i < y.Length; lane++, i++) Unsafe.Add(ref to, i) = last[lane];
    }

    public static void Run<TFormula>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, TFormula formula)
        where TFormula : struct, IVectorFormula2
    {
        ref var left = ref MemoryMarshal.GetReference(a);
        ref var right = ref MemoryMarshal.GetReference(b);
        ref var to = ref MemoryMarshal.GetReference(y);
        var i = 0;
        for (; i + Vector<float>.Count <= y.Length; i += Vector<float>.Count)
            formula.Of(Vector.LoadUnsafe(ref left, (nuint)i), Vector.LoadUnsafe(ref right, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        if (i == y.Length) return;
        var last = formula.Of(Rest(a[i..y.Length]), Rest(b[i..y.Length]));
        for (var lane = 0; i < y.Length; lane++, i++) Unsafe.Add(ref to, i) = last[lane];
    }

    /// <summary>Fewer elements than a vector has, padded with zeros.</summary>
    private static Vector<float> Rest(ReadOnlySpan<float> elements)
    {
        Span<float> lanes = stackalloc float[Vector<float>.Count];
        lanes.Clear();
        elements.CopyTo(lanes);
        return new Vector<float>(lanes);
    }
}
