using System.Numerics;
using System.Runtime.InteropServices;

namespace SimpleFlow.Kernels;

/// <summary>
/// Converts bytes to numbers, a vector at a time. Pixels are stored as bytes and become floats once per epoch, which must cost less than
/// the network does.
/// </summary>
internal static class ByteConversion
{
    /// <summary>
    /// <c>destination[i] = source[i] · scale + offset</c>, for as many elements as <paramref name="destination"/> has.
    /// The product and the sum are rounded separately, so that vectors of every width, and the scalar remainder, give the same bits.
    /// </summary>
    public static void ToSingle(ReadOnlySpan<byte> source, float scale, float offset, Span<float> destination)
    {
        source = source[..destination.Length];
        var scales = new Vector<float>(scale);
        var offsets = new Vector<float>(offset);
        var done = 0;
        foreach (var bytes in MemoryMarshal.Cast<byte, Vector<byte>>(source))
        {
            var four = MemoryMarshal.Cast<float, Vector<float>>(destination[done..]);
            Vector.Widen(bytes, out var low, out var high);
            Vector.Widen(low, out var first, out var second);
            Vector.Widen(high, out var third, out var fourth);
            four[0] = Vector.ConvertToSingle(Vector.AsVectorInt32(first)) * scales + offsets;
            four[1] = Vector.ConvertToSingle(Vector.AsVectorInt32(second)) * scales + offsets;
            four[2] = Vector.ConvertToSingle(Vector.AsVectorInt32(third)) * scales + offsets;
            four[3] = Vector.ConvertToSingle(Vector.AsVectorInt32(fourth)) * scales + offsets;
            done += Vector<byte>.Count;
        }
        for (; done < destination.Length; done++) destination[done] = source[done] * scale + offset;
    }

    /// <summary><c>destination[i] = source[i]</c>, for as many elements as <paramref name="destination"/> has.</summary>
    public static void ToInt32(ReadOnlySpan<byte> source, Span<int> destination)
    {
        source = source[..destination.Length];
        for (var i = 0; i < destination.Length; i++) destination[i] = source[i];
    }
}
