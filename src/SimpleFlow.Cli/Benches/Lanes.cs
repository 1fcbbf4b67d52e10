using System.Runtime.Intrinsics;

namespace SimpleFlow.Cli.Benches;

/// <summary>The vector operations that the loop of multiply-adds needs, at any width.</summary>
internal interface ILanes<TVector>
{
    static abstract int Count { get; }

    static abstract TVector Create(float value);

    /// <summary>a·b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract float Sum(TVector a);
}

/// <summary>Four numbers: every processor.</summary>
internal readonly struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Count => Vector128<float>.Count;

    public static Vector128<float> Create(float value) => Vector128.Create(value);

    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.FusedMultiplyAdd(a, b, c);

    public static float Sum(Vector128<float> a) => Vector128.Sum(a);
}

/// <summary>Eight numbers: AVX2.</summary>
internal readonly struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Count => Vector256<float>.Count;

    public static Vector256<float> Create(float value) => Vector256.Create(value);

    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);

    public static float Sum(Vector256<float> a) => Vector256.Sum(a);
}

/// <summary>Sixteen numbers: AVX-512.</summary>
internal readonly struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => Vector512<float>.Count;

    public static Vector512<float> Create(float value) => Vector512.Create(value);

    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    public static float Sum(Vector512<float> a) => Vector512.Sum(a);
}
