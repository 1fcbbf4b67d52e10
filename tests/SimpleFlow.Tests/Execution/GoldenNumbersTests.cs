using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SimpleFlow.Tests.Compilation;

namespace SimpleFlow.Tests.Execution;

/// <summary>
/// Same seed, same numbers, tomorrow and on other machines too. The hashes were computed by a separate program written from the
/// descriptions of the cipher and the initializers. They may never change: saved seeds would no longer repeat their runs.
/// Streams and shuffles have theirs beside them.
/// </summary>
[Trait("Promise", "5")]
public class GoldenNumbersTests
{
    private const ulong Seed = 20261125;

    [Fact]
    public void Initial_values_are_the_ones_they_have_always_been()
    {
        Assert.Equal("c0c39e7ecee715ab", Hash(Initial(Initializer.Uniform(-0.5f, 2), [30, 20])));
        Assert.Equal("cf0dfd2d2fe8e084", Hash(Initial(Initializer.Glorot(), [30, 20])));
        Assert.Equal("b2bcec430ff706a9", Hash(Initial(Initializer.Glorot(), [8, 3, 3, 3])));
        Assert.Equal("28d070a7241e473e", RoundedHash(Initial(Initializer.Normal(0.3f, mean: 0.1f), [30, 20])));
        Assert.Equal("93dcbd492acf9d15", RoundedHash(Initial(Initializer.He(), [30, 20])));
        Assert.Equal("2f9b77209c550fa4", RoundedHash(Initial(Initializer.He(), [8, 3, 3, 3])));
    }

    [Fact]
    public void Masks_and_random_nodes_are_the_ones_they_have_always_been()
    {
        var x = new Placeholder("x", [1000]);
        Node[] outputs = [x.Dropout(0.3f, stream: 9), x.RandomMask(0.7f, stream: 9), x.RandomUniform(-1, 1, stream: 9),
            x.RandomNormal(1, 0.5f, stream: 9)];
        var reading = new Reading(outputs,
            new Dictionary<Placeholder, PlainTensor> { [x] = new(x.Shape, [.. Enumerable.Repeat(1.0, 1000)]) },
            new StepIdentity(Seed, 12345));
        var plain = reading.Plain();
        foreach (var numbers in (double[][][])[reading.Compiled(), [.. outputs.Select(output => plain[output].Elements)]])
        {
            Assert.Equal("9445a926f54fb1ec", Hash<byte>(Array.ConvertAll(numbers[0], number => (byte)(number == 0 ? 0 : 1))));
            Assert.Equal("ade3cd15df89b44d", Hash<byte>(Array.ConvertAll(numbers[1], number => (byte)number)));
            Assert.Equal("e741a1b59c0fdf93", Hash(Array.ConvertAll(numbers[2], number => (float)number)));
            Assert.Equal("435c6ae2e96d6d4a", RoundedHash(Array.ConvertAll(numbers[3], number => (float)number)));
        }
    }

    private static float[] Initial(Initializer initializer, Shape shape) =>
        new Variable("w", shape, initializer).Initialize(Seed, stream: 5).Span.ToArray();

    private static string Hash(float[] values) => Hash<float>(values);

    // To five decimals: the C library's last bit must not fail the test on another system.
    private static string RoundedHash(float[] values) => Hash<long>(Array.ConvertAll(values, value => (long)Math.Round(value * 1e5f)));

    private static string Hash<T>(ReadOnlySpan<T> values) where T : struct =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values))[..8]);
}
