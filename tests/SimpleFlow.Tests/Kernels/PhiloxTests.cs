using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Kernels;

[Trait("Promise", "5")]
public class PhiloxTests
{
    // The known answers that the authors of the cipher publish with it.
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu,
        0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u,
        0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u,
        0x24126ea1u)]
    public void Enciphers_the_published_vectors(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal(new Philox.Block(r0, r1, r2, r3), Philox.Encipher(new Philox.Block(c0, c1, c2, c3), k0, k1));

    [Fact]
    public void Uniform_is_the_upper_24_bits_of_the_word()
    {
        Assert.Equal((0x6627e8d5u >> 8) / 16777216.0, Philox.Uniform(0, 0, 0, 0));
        Assert.Equal((0xe169c58du >> 8) / 16777216.0, Philox.Uniform(0, 0, 0, 1));
        Assert.Equal((0xbc57ac4cu >> 8) / 16777216.0, Philox.Uniform(0, 0, 0, 2));
        Assert.Equal((0x9b00dbd8u >> 8) / 16777216.0, Philox.Uniform(0, 0, 0, 3));
    }

    [Fact]
    public void Filling_gives_the_same_numbers_as_asking_for_each()
    {
        for (var first = 0L; first < 9; first++)
        {
            for (var length = 0; length < 20; length++)
            {
                // Around 2³² blocks too, where the counter carries into its second word.
                foreach (var origin in new[] { first, (1L << 34) - 8 + first })
                {
                    var uniform = new float[length];
                    var normal = new float[length];
                    Philox.FillUniform(uniform, 7, 3, 11, origin);
                    Philox.FillNormal(normal, 7, 3, 11, origin);
                    for (var i = 0; i < length; i++)
                    {
                        Assert.Equal(Philox.Uniform(7, 3, 11, origin + i), uniform[i]);
                        Assert.Equal(Philox.Normal(7, 3, 11, origin + i), normal[i]);
                    }
                }
            }
        }
    }

    [Fact]
    public void Seed_stream_step_and_index_each_matter_in_all_their_bits()
    {
        var seen = new HashSet<float> { Philox.Uniform(0, 0, 0, 0) };
        for (var bit = 0; bit < 64; bit++) Assert.True(seen.Add(Philox.Uniform(1UL << bit, 0, 0, 0)));
        for (var bit = 0; bit < 32; bit++) Assert.True(seen.Add(Philox.Uniform(0, 1u << bit, 0, 0)));
        for (var bit = 0; bit < 48; bit++) Assert.True(seen.Add(Philox.Uniform(0, 0, 1L << bit, 0)));
        for (var bit = 0; bit < 50; bit++) Assert.True(seen.Add(Philox.Uniform(0, 0, 0, 1L << bit)));
    }

    [Fact]
    public void Uniform_numbers_have_the_moments_and_the_distribution()
    {
        var sample = new float[1_000_000];
        Philox.FillUniform(sample, seed: 42, stream: 1, step: 0);
        Assert.All(sample, value => Assert.InRange(value, 0f, 1f - 1f / (1 << 24)));
        // Five standard deviations of each estimate: 1/√12/√n for the mean, about √(1/180)/√n for the variance.
        Assert.Equal(0.5, Mean(sample), 5 * 0.2887 / 1000);
        Assert.Equal(1 / 12.0, Variance(sample), 5 * 0.0745 / 1000);
        Assert.True(KolmogorovSmirnov(sample, value => value) < CriticalDistance(sample.Length));
    }

    [Fact]
    public void Normal_numbers_have_the_moments_and_the_distribution()
    {
        var sample = new float[1_000_000];
        Philox.FillNormal(sample, seed: 42, stream: 2, step: 0);
        Assert.Equal(0, Mean(sample), 5.0 / 1000);
        Assert.Equal(1, Variance(sample), 5 * Math.Sqrt(2) / 1000);
        Assert.Equal(0, sample.Average(value => Math.Pow(value, 3)), 5 * Math.Sqrt(15) / 1000);
        Assert.Equal(3, sample.Average(value => Math.Pow(value, 4)), 5 * Math.Sqrt(96) / 1000);
        Assert.True(KolmogorovSmirnov(sample, NormalBelow) < CriticalDistance(sample.Length));
    }

    [Fact]
    public void Neighbours_streams_and_steps_are_uncorrelated()
    {
        const int Count = 200_000;
        var (a, nextStream, nextStep) = (new float[Count], new float[Count], new float[Count]);
        Philox.FillNormal(a, 5, 0, 0);
        Philox.FillNormal(nextStream, 5, 1, 0);
        Philox.FillNormal(nextStep, 5, 0, 1);
        var bound = 5 / Math.Sqrt(Count);
        Assert.InRange(Correlation(a, nextStream), -bound, bound);
        Assert.InRange(Correlation(a, nextStep), -bound, bound);
        for (var lag = 1; lag <= 4; lag++) Assert.InRange(Correlation(a.AsSpan(lag), a.AsSpan(0, Count - lag)), -bound, bound);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Whole_numbers_below_a_count_are_equally_likely(int count)
    {
        const int Draws = 100_000;
        var histogram = new int[count];
        for (var i = 0; i < Draws; i++) histogram[Philox.Below(count, 9, 4, 0, i)]++;
        var expected = (double)Draws / count;
        var chiSquared = histogram.Sum(seen => (seen - expected) * (seen - expected) / expected);
        Assert.True(chiSquared <= count - 1 + 5 * Math.Sqrt(2.0 * count), $"χ² is {chiSquared} with {count - 1} degrees of freedom.");
    }

    [Fact]
    public void Whole_numbers_reach_the_ends_of_the_widest_range()
    {
        var largest = Enumerable.Range(0, 1000).Max(i => Philox.Below(int.MaxValue, 1, 1, 1, i));
        Assert.InRange(largest, (int)(int.MaxValue * 0.99), int.MaxValue - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => Philox.Below(0, 1, 1, 1, 1));
    }

    // Computed by a separate program written from the paper. They may never change: saved seeds would no longer repeat their runs.
    [Fact]
    public void The_streams_are_the_ones_they_have_always_been()
    {
        var uniform = new float[10_000];
        var normal = new float[10_000];
        var whole = new int[10_000];
        Philox.FillUniform(uniform, 20240607, 17, 1L << 33, 3);
        Philox.FillNormal(normal, 20240607, 17, 1L << 33, 3);
        for (var i = 0; i < whole.Length; i++) whole[i] = Philox.Below(i + 1, 20240607, 17, 1L << 33, i);
        Assert.Equal("9d0b9e37ca870b43", Hash<float>(uniform));
        Assert.Equal("0ce58c07ae8ba74b", Hash<int>(whole));
        // Rounded to five decimals: the C library's last bit must not fail the test on another system.
        Assert.Equal("f6bb7b2d90fc149e", Hash<long>(Array.ConvertAll(normal, value => (long)Math.Round(value * 1e5f))));
    }

    private static string Hash<T>(ReadOnlySpan<T> values) where T : struct =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values))[..8]);

    private static double Mean(float[] sample) => sample.Average(value => (double)value);

    private static double Variance(float[] sample)
    {
        var mean = Mean(sample);
        return sample.Average(value => (value - mean) * (value - mean));
    }

    private static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum / a.Length;
    }

    /// <summary>The largest distance between the sample's cumulative distribution and the true one.</summary>
    private static double KolmogorovSmirnov(float[] sample, Func<double, double> below)
    {
        var sorted = (float[])sample.Clone();
        Array.Sort(sorted);
        var distance = 0.0;
        for (var i = 0; i < sorted.Length; i++)
        {
            var p = below(sorted[i]);
            distance = Math.Max(distance, Math.Max(Math.Abs(p - (double)i / sorted.Length), Math.Abs(p - (i + 1.0) / sorted.Length)));
        }
        return distance;
    }

    // Exceeded by one true sample in 3,000.
    private static double CriticalDistance(int count) => 2.1 / Math.Sqrt(count);

    /// <summary>The cumulative normal distribution, summed from its density by the midpoint rule (error below 1e-6).</summary>
    private static double NormalBelow(double x)
    {
        const int PerUnit = 256;
        var position = Math.Clamp((x + 8) * PerUnit, 0, CumulativeNormal.Length - 1.001);
        var cell = (int)position;
        return CumulativeNormal[cell] + (position - cell) * (CumulativeNormal[cell + 1] - CumulativeNormal[cell]);
    }

    private static readonly double[] CumulativeNormal = Tabulate();

    private static double[] Tabulate()
    {
        var table = new double[16 * 256 + 1];
        for (var i = 1; i < table.Length; i++)
        {
            var middle = (i - 0.5) / 256 - 8;
            table[i] = table[i - 1] + Math.Exp(-middle * middle / 2) / Math.Sqrt(2 * Math.PI) / 256;
        }
        return table;
    }
}
