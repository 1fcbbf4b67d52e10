using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels;

/// <summary>Which micro-kernel computes the tiles of a matrix product. The choice is made once per process, depending on the
/// processor.</summary>
internal enum VectorWidth
{
    /// <summary>One float at a time: for processors and runtimes without vector instructions.</summary>
    Scalar,

    /// <summary>4 floats: NEON, WebAssembly, SSE.</summary>
    Bits128,

    /// <summary>8 floats: AVX2 with FMA.</summary>
    Bits256,

    /// <summary>16 floats: AVX-512.</summary>
    Bits512,
}

/// <summary>What this processor supports.</summary>
internal static class VectorWidths
{
    /// <summary>The widest supported width.</summary>
    public static VectorWidth Best =>
        IsSupported(VectorWidth.Bits512) ? VectorWidth.Bits512
        : IsSupported(VectorWidth.Bits256) ? VectorWidth.Bits256
        : IsSupported(VectorWidth.Bits128) ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>
    /// Whether the micro-kernel of this width can run here. AVX-512 is queried by name, because
    /// <see cref="Vector512.IsHardwareAccelerated"/> is false on several processors that have it.
    /// </summary>
    public static bool IsSupported(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Avx512F.IsSupported,
        VectorWidth.Bits256 => Avx2.IsSupported && Fma.IsSupported,
        VectorWidth.Bits128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };
}
