using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// <see cref="Patches"/> with AVX-512, for windows that move one column at a time.
/// The pieces of rows are short and start anywhere, so they are moved under masks. A masked lane is not read, even if there is no memory,
/// and gives the zero that the padding needs.
/// </summary>
internal static unsafe class Patches512
{
    private const int Lanes = 16;
    private const int WidestWindow = 64;

    /// <summary>Whether it works on this processor and for this window.</summary>
    public static bool Suits(ConvolutionGeometry geometry) =>
        Avx512F.IsSupported && geometry.Horizontal is { Stride: 1, Size: <= WidestWindow };

    /// <summary>See <see cref="Patches.Unroll"/>.</summary>
    public static void Unroll(ConvolutionGeometry geometry, float* image, int firstRow, int endRow, int top, int bottom, float* patches)
    {
        var (vertical, horizontal, across) = (geometry.Vertical, geometry.Horizontal, geometry.Across);
        for (var row = firstRow; row < endRow; row++, patches += (bottom - top) * across)
        {
            var (channel, y, x) = Patches.Element(geometry, row);
            var (firstLine, endLine) = vertical.Inside(y, geometry.Height, geometry.Down);
            (firstLine, endLine) = (Math.Clamp(firstLine, top, bottom), Math.Clamp(endLine, top, bottom));
            var (first, end) = horizontal.Inside(x, geometry.Width, across);
            var line = firstLine < endLine ? vertical.At(firstLine, y) : 0;
            // The pointer may lie before the image: those lanes are masked.
            var start = unchecked(image + ((channel * geometry.Height + line) * (nint)geometry.Width + horizontal.At(0, x)));
            for (var lane = 0; lane < across; lane += Lanes)
            {
                var taken = Between(first - lane, end - lane);
                var kept = Between(0, across - lane);
                var from = start + lane;
                var to = patches + lane;
                for (var place = top; place < firstLine; place++, to += across) Avx512F.MaskStore(to, kept, default);
                for (var place = firstLine; place < endLine; place++, from += (nint)vertical.Stride * geometry.Width, to += across)
                    Avx512F.MaskStore(to, kept, Avx512F.MaskLoad(from, taken, default));
                for (var place = endLine; place < bottom; place++, to += across) Avx512F.MaskStore(to, kept, default);
            }
        }
    }

    /// <summary>
    /// See <see cref="Patches.AddBack"/>. A line of the image is summed in a register over all elements of the window that meet it. Adding
    /// them to memory one after the other, each a column further than the one before, would wait for the last store every time.
    /// </summary>
    public static void AddBack(ConvolutionGeometry geometry, float* patches, int top, int bottom, float* image)
    {
        var (vertical, horizontal, across, width) = (geometry.Vertical, geometry.Horizontal, geometry.Across, geometry.Width);
        var length = (nint)(bottom - top) * across;
        var met = stackalloc Vector512<float>[horizontal.Size];
        for (var lane = 0; lane < width; lane += Lanes)
        {
            for (var x = 0; x < horizontal.Size; x++)
            {
                var shift = lane - horizontal.At(0, x);                   // the place whose element x lies at this lane
                met[x] = Between(-shift, across - shift);
            }
            var kept = Between(0, width - lane);
            for (var channel = 0; channel < geometry.Channels; channel++)
            {
                for (var line = 0; line < geometry.Height; line++)
                {
                    var to = image + (channel * geometry.Height + line) * (nint)width + lane;
                    var sum = Avx512F.MaskLoad(to, kept, default);
                    for (var y = 0; y < vertical.Size; y++)
                    {
                        var (place, between) = Math.DivRem(line - vertical.At(0, y), vertical.Stride);
                        if (between != 0 || place < top || place >= bottom) continue;
                        var offset = (channel * vertical.Size + y) * horizontal.Size * length + (nint)(place - top) * across + lane
                            - horizontal.At(0, 0);
                        for (var x = 0; x < horizontal.Size; x++, offset += length - horizontal.Dilation)
                            sum += Avx512F.MaskLoad(unchecked(patches + offset), met[x], default);
                    }
                    Avx512F.MaskStore(to, kept, sum);
                }
            }
        }
    }

    /// <summary>The lanes from <paramref name="first"/> up to, but not including, <paramref name="end"/>; either may lie outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Between(int first, int end) =>
        (Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(first)) & Vector512.LessThan(Vector512<int>.Indices,
            Vector512.Create(end))).AsSingle();
}
