using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow.Tests.Kernels;

/// <summary>Reductions of the middle of [outer, length, inner] and softmax rows, at every remainder of a vector, in any
/// number of parts with the same bits.</summary>
[Trait("Promise", "4")]
public sealed unsafe class ReductionTests
{
    public static TheoryData<int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, int>();
            foreach (var length in (int[])[0, 1, 2, 63, 64, 65, 200]) data.Add(3, length, 1);
            data.Add(1, 9000, 1);
            for (var inner = 2; inner <= 34; inner++) data.Add(1, 70, inner);
            foreach (var inner in (int[])[2, 9, 16, 31, 130]) data.Add(5, 65, inner);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Agree_with_float64_and_in_any_number_of_parts(int outer, int length, int inner)
    {
        using var x = new GuardedFloats(outer * length * inner + 1);
        var count = outer * length * inner;
        Philox.FillNormal(new Span<float>(x.Take(count), count), 5, 0, 0);
        foreach (var kind in Enum.GetValues<ReductionKind>())
        {
            float[]? first = null;
            foreach (var parts in (int[])[1, 2, 3, 8])
            {
                using var y = new GuardedFloats(outer * inner);
                y.Take(outer * inner);
                var kernel = new Reduction(kind, x.Pointer, y.Pointer, outer, length, inner);
                for (var part = 0; part < parts; part++) kernel.Run(part, parts);
                Assert.True(y.CanariesLive());
                var result = new ReadOnlySpan<float>(y.Pointer, outer * inner).ToArray();
                first ??= result;
                Assert.Equal(first, result);
            }
            for (var i = 0; i < outer; i++)
            {
                for (var j = 0; j < inner; j++)
                {
                    double sum = 0, magnitude = 0, largest = double.NegativeInfinity;
                    for (var k = 0; k < length; k++)
                    {
                        double value = x.Pointer[(i * length + k) * inner + j];
                        sum += value;
                        magnitude += Math.Abs(value);
                        largest = Math.Max(largest, value);
                    }
                    var actual = first![i * inner + j];
                    // Blocks of 64 and their sums: far fewer roundings than elements.
                    var bound = magnitude * 130 * Math.Pow(2, -24);
                    if (kind == ReductionKind.Maximum) Assert.Equal((float)largest, actual);
                    else if (kind == ReductionKind.Sum) Assert.Equal(sum, actual, bound);
                    else if (length == 0) Assert.True(float.IsNaN(actual));
                    else Assert.Equal(sum / length, actual, bound / length);
                }
            }
        }
    }

    /// <summary>Two blocks of rows or columns of every length from 0 to 256, at every distance from a boundary of 16
    /// floats, with NaN in front and behind.</summary>
    [Fact]
    public void Every_length_and_misalignment()
    {
        const int Longest = 256;
        var numbers = new float[2 * Longest * 17];
        Philox.FillNormal(numbers, 6, 0, 0);
        using var x = new GuardedFloats(numbers.Length + 16);
        using var y = new GuardedFloats(2 * 17 + 16);
        for (var length = 0; length <= Longest; length++)
        {
            foreach (var inner in (int[])[1, 3, 8, 17])
            {
                var count = 2 * length * inner;
                numbers.AsSpan(0, count).CopyTo(new Span<float>(x.Take(count + length * 7 % 16), count));
                foreach (var kind in Enum.GetValues<ReductionKind>())
                {
                    var behind = (length + inner) % 16;
                    y.Take(2 * inner + behind);
                    new Reduction(kind, x.Pointer, y.Pointer, 2, length, inner).Run(0, 1);
                    Assert.True(y.CanariesLive() && x.CanariesLive());
                    for (var i = 0; i < behind; i++) Assert.True(y.IsUntouched(2 * inner + i));
                    for (var at = 0; at < 2 * inner; at++)
                    {
                        double sum = 0, magnitude = 0, largest = double.NegativeInfinity;
                        for (var k = 0; k < length; k++)
                        {
                            double value = numbers[(at / inner * length + k) * inner + at % inner];
                            (sum, magnitude, largest) = (sum + value, magnitude + Math.Abs(value), Math.Max(largest, value));
                        }
                        var expected = kind switch { ReductionKind.Sum => sum, ReductionKind.Mean => sum / length, _ => largest };
                        var bound = kind switch
                        {
                            ReductionKind.Sum => magnitude,
                            ReductionKind.Mean => magnitude / Math.Max(1, length),
                            _ => 0
                        } * (length + 2) * Math.Pow(2, -24);
                        var actual = y.Pointer[at];
                        if (!(expected.Equals(actual) || Math.Abs(expected - actual) <= bound))
                            Assert.Fail($"{kind} of {length} beside {inner}, element {at}: {actual} instead of {expected}.");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_maximum_hands_on_not_a_number_from_any_place()
    {
        for (var inner = 1; inner <= 20; inner++)
        {
            for (var place = 0; place < 5; place++)
            {
                var x = new float[5 * inner];
                x[place * inner + inner - 1] = float.NaN;
                var y = new float[inner];
                fixed (float* from = x, to = y) new Reduction(ReductionKind.Maximum, from, to, 1, 5, inner).Run(0, 1);
                Assert.True(float.IsNaN(y[^1]), $"inner {inner}, place {place}");
                Assert.True(inner == 1 || y[0] == 0);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Softmax_rows_of_every_width(bool logarithm)
    {
        for (var width = 1; width <= 70; width++)
        {
            const int Rows = 200;                                          // several tiles and a rest
            using var x = new GuardedFloats(Rows * width);
            using var y = new GuardedFloats(Rows * width);
            Philox.FillNormal(new Span<float>(x.Take(Rows * width), Rows * width), 7, 0, 0);
            for (var i = 0; i < Rows * width; i++) x.Pointer[i] *= 20;
            y.Take(Rows * width);
            float[]? first = null;
            var scratch = new float[SoftmaxRows.ScratchPerPart(width) * 3];
            fixed (float* free = scratch)
            {
                var kernel = new SoftmaxKernel(logarithm, x.Pointer, y.Pointer, Rows, width, free);
                foreach (var parts in (int[])[1, 2, 3])
                {
                    for (var part = 0; part < parts; part++) kernel.Run(part, parts);
                    var result = new ReadOnlySpan<float>(y.Pointer, Rows * width).ToArray();
                    first ??= result;
                    Assert.Equal(first, result);
                }
            }
            Assert.True(y.CanariesLive());
            for (var row = 0; row < Rows; row++)
            {
                var logits = new ReadOnlySpan<float>(x.Pointer + row * width, width).ToArray();
                var largest = logits.Max();
                var total = logits.Sum(logit => Math.Exp(logit - largest));
                for (var i = 0; i < width; i++)
                {
                    var expected = logarithm ? logits[i] - largest - Math.Log(total) : Math.Exp(logits[i] - largest) / total;
                    Assert.Equal(expected, y.Pointer[row * width + i], 1e-5 * Math.Max(1, Math.Abs(expected)));
                }
            }
        }
    }

    [Fact]
    public void Cross_entropies_of_every_width_in_any_number_of_parts()
    {
        foreach (var width in (int[])[.. Enumerable.Range(1, 40), 127, 128, 129, 1100])
        {
            const int Rows = 150;
            using var x = new GuardedFloats(Rows * width);
            using var t = new GuardedFloats(Rows * width);
            using var u = new GuardedFloats(Rows);
            using var y = new GuardedFloats(Rows);
            using var g = new GuardedFloats(Rows * width);
            Philox.FillNormal(new Span<float>(x.Take(Rows * width), Rows * width), 7, 0, 0);
            Philox.FillNormal(new Span<float>(t.Take(Rows * width), Rows * width), 8, 0, 0);
            Philox.FillNormal(new Span<float>(u.Take(Rows), Rows), 9, 0, 0);
            for (var i = 0; i < Rows * width; i++) x.Pointer[i] *= 20;
            y.Take(Rows);
            g.Take(Rows * width);
            var scratch = new float[SoftmaxRows.ScratchPerPart(width) * 3];
            float[]? values = null, slopes = null;
            fixed (float* free = scratch)
            {
                foreach (var parts in (int[])[1, 2, 3])
                {
                    var value = new CrossEntropyKernel(x.Pointer, t.Pointer, y.Pointer, Rows, width, free);
                    var gradient = new CrossEntropyGradientKernel(u.Pointer, x.Pointer, t.Pointer, g.Pointer, Rows, width, free);
                    for (var part = 0; part < parts; part++) value.Run(part, parts);
                    for (var part = 0; part < parts; part++) gradient.Run(part, parts);
                    values ??= new ReadOnlySpan<float>(y.Pointer, Rows).ToArray();
                    slopes ??= new ReadOnlySpan<float>(g.Pointer, Rows * width).ToArray();
                    Assert.Equal(values, new ReadOnlySpan<float>(y.Pointer, Rows).ToArray());
                    Assert.Equal(slopes, new ReadOnlySpan<float>(g.Pointer, Rows * width).ToArray());
                }
            }
            Assert.True(y.CanariesLive() && g.CanariesLive());
            for (var row = 0; row < Rows; row++)
            {
                var logits = new ReadOnlySpan<float>(x.Pointer + row * width, width).ToArray();
                var target = new ReadOnlySpan<float>(t.Pointer + row * width, width).ToArray();
                var largest = logits.Max();
                var exponentials = logits.Sum(logit => Math.Exp(logit - largest));
                double total = target.Sum(share => (double)share), entropy = 0, magnitude = 0;
                for (var i = 0; i < width; i++)
                {
                    var term = target[i] * (Math.Log(exponentials) - (logits[i] - largest));
                    (entropy, magnitude) = (entropy + term, magnitude + Math.Abs(term));
                    Assert.Equal(u.Pointer[row] * (Math.Exp(logits[i] - largest) / exponentials * total - target[i]),
                        slopes![row * width + i], 1e-5 * (1 + target.Sum(Math.Abs)));
                }
                Assert.Equal(entropy, values![row], 1e-5 * Math.Max(1, magnitude));
            }
        }
    }
}
