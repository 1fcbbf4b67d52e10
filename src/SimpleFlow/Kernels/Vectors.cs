using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels;

/// <summary>A vector width as a type, for a kernel that is written once for all widths.</summary>
internal unsafe interface IVectors<TVector> where TVector : struct
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Lanes { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(float* target, TVector value);

    /// <summary>The number in every lane.</summary>
    static abstract TVector Create(float value);

    static abstract TVector Add(TVector left, TVector right);

    /// <summary>left · right + sum.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector sum);

    /// <summary>The sum over the lanes.</summary>
    static abstract float Sum(TVector value);

    /// <summary>The first lanes as a mask for <see cref="LoadPart"/> and <see cref="StorePart"/>, where the platform has masks.</summary>
    static abstract TVector Mask(int lanes);

    /// <summary>Loads the first lanes; the others are 0. Nothing beyond them is read.</summary>
    static abstract TVector LoadPart(float* source, int lanes, TVector mask);

    /// <summary>Stores the first lanes. Nothing beyond them is written.</summary>
    static abstract void StorePart(float* target, int lanes, TVector mask, TVector value);
}

/// <summary>The platform's own instructions for 4 floats.</summary>
internal readonly unsafe struct Vectors128 : IVectors<Vector128<float>>
{
    public static int Lanes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector128<float> value) => Vector128.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Create(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> sum) =>
        Vector128.MultiplyAddEstimate(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value) => Vector128.Sum(value);

    // Not every platform has masked loads: one, two or three lanes are moved by hand.
    public static Vector128<float> Mask(int lanes) => default;

    public static Vector128<float> LoadPart(float* source, int lanes, Vector128<float> mask)
    {
        var vector = Vector128.CreateScalar(*source);
        if (lanes > 1) vector = vector.WithElement(1, source[1]);
        if (lanes > 2) vector = vector.WithElement(2, source[2]);
        return vector;
    }

    public static void StorePart(float* target, int lanes, Vector128<float> mask, Vector128<float> value)
    {
        *target = value.ToScalar();
        if (lanes > 1) target[1] = value.GetElement(1);
        if (lanes > 2) target[2] = value.GetElement(2);
    }
}

/// <summary>AVX2 with FMA.</summary>
internal readonly unsafe struct Vectors256 : IVectors<Vector256<float>>
{
    public static int Lanes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector256<float> value) => Vector256.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Create(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> sum) =>
        Vector256.FusedMultiplyAdd(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> value) => Vector256.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Mask(int lanes) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(lanes)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadPart(float* source, int lanes, Vector256<float> mask) => Avx.MaskLoad(source, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePart(float* target, int lanes, Vector256<float> mask, Vector256<float> value) =>
        Avx.MaskStore(target, mask, value);
}

/// <summary>AVX-512. Without it, the same is computed in halves, so that code written for it can be tested everywhere.</summary>
internal readonly unsafe struct Vectors512 : IVectors<Vector512<float>>
{
    public static int Lanes => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Avx512F.IsSupported ? Avx512F.LoadVector512(source) : Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector512<float> value)
    {
        if (Avx512F.IsSupported) Avx512F.Store(target, value);
        else Vector512.Store(value, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Create(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> sum) =>
        Avx512F.IsSupported ? Avx512F.FusedMultiplyAdd(left, right, sum) : Vector512.FusedMultiplyAdd(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value) => Vector512.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Mask(int lanes) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(lanes)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadPart(float* source, int lanes, Vector512<float> mask)
    {
        if (Avx512F.IsSupported) return Avx512F.MaskLoad(source, mask, default);
        Vector512<float> vector = default;
        for (var i = 0; i < lanes; i++) vector = vector.WithElement(i, source[i]);
        return vector;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePart(float* target, int lanes, Vector512<float> mask, Vector512<float> value)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(target, mask, value);
            return;
        }
        for (var i = 0; i < lanes; i++) target[i] = value.GetElement(i);
    }
}
