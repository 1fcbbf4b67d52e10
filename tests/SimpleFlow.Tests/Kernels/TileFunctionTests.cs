using System.Runtime.InteropServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Tests.Kernels;

/// <summary>Every elementwise op's compiled formula, at every length from 1 to 256 (a tile is never empty) and every misalignment, right
/// before an inaccessible page, against its plain formula.</summary>
[Trait("Promise", "4")]
public sealed unsafe class TileFunctionTests
{
    private const int Longest = 256;

    /// <summary>The ops with points that avoid their poles; the values themselves are checked closer elsewhere.</summary>
    private static readonly Dictionary<string, (Elementwise Op, int Operands)> Ops = new Elementwise[]
    {
        new Abs(), new Cast(), new Clip(-0.5f, 0.75f), new Decay(0.9f), new Erf(), new Exp(), new ExpMinusOne(), new LeakyRelu(0.1f),
        new Log(), new Negate(), new Power(2), new Power(3), new Power(0.5f), new Power(-1),
        new Relu(), new Sigmoid(), new Sign(), new Softplus(), new Sqrt(), new StopGradient(), new Tanh(),
        new Add(0f), new Subtract(0f), new Multiply(0f), new Divide(1f), new Maximum(0f), new Minimum(0f), new LogisticCrossEntropy(0f),
        new Equal(0f), new NotEqual(0f), new Greater(0f), new GreaterOrEqual(0f), new Less(0f), new LessOrEqual(0f),
        new Select(0f, 0f),
    }.ToDictionary(op => op.ToString(), op => (op, op.Operands.Length + 1), StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Ops.Keys];

    [Fact]
    public void No_elementwise_op_is_missing()
    {
        var all = typeof(Elementwise).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Elementwise)) && !type.IsAbstract)
            .Select(type => type.Name);
        // Of whole numbers, see Indices_are_whole_at_every_length_and_misalignment.
        Assert.Equal(all.Order(StringComparer.Ordinal),
            Ops.Values.Select(entry => entry.Op.Name).Append(nameof(ToIndices)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Indices_are_whole_at_every_length_and_misalignment()
    {
        float[] floats = [0, 1, -0f, 2.5f, 16_777_216, -1, float.NaN, 2_147_483_520, 2_147_483_648, float.PositiveInfinity, 7, 1e-30f];
        int[] indices = [0, 1, 0, -1, 16_777_216, -1, -1, 2_147_483_520, -1, -1, 7, -1];
        using var x = new GuardedFloats(Longest);
        using var y = new GuardedFloats(Longest);
        for (var length = 1; length <= Longest; length++)
        {
            x.Take(length);
            y.Take(length);
            for (var i = 0; i < length; i++) x.Pointer[i] = floats[(i + length) % floats.Length];
            var pointers = stackalloc float*[] { x.Pointer };
            ((ITileFunction)new ToIndices()).Run(pointers, y.Pointer, length);
            for (var i = 0; i < length; i++) Assert.Equal(indices[(i + length) % floats.Length], ((int*)y.Pointer)[i]);
            Assert.True(x.CanariesLive() && y.CanariesLive(), $"It wrote beside its result at length {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Agrees_with_the_plain_formula_at_every_length_and_misalignment(string name)
    {
        var (op, count) = Ops[name];
        using var a = new GuardedFloats(Longest);
        using var b = new GuardedFloats(Longest);
        using var c = new GuardedFloats(Longest);
        using var y = new GuardedFloats(Longest);
        GuardedFloats[] operands = [a, b, c];
        for (var length = 1; length <= Longest; length++)
        {
            // Everything ends at a page that may not be touched, so the length decides the alignment.
            for (var operand = 0; operand < count;
            operand++)
                Fill(operands[operand].Take(length), length, seed: length * 3 + operand, truth: op is Select && operand == 0);
            y.Take(length);
            var pointers = stackalloc float*[] { a.Pointer, b.Pointer, c.Pointer };
            ((ITileFunction)op).Run(pointers, y.Pointer, length);

            var expected = Plain(op, operands[..count], length);
            for (var i = 0; i < length; i++) AssertClose(expected[i], y.Pointer[i], $"{name}, length {length}, element {i}");
            Assert.True(y.CanariesLive() && operands[..count].All(operand => operand.CanariesLive()),
                $"{name} wrote beside its result at length {length}");
        }
    }

    /// <summary>Operands and result each at another distance from a boundary of 16 floats;
    /// what stands behind them is poison, and stays.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_the_same_bits_at_every_misalignment(string name)
    {
        var (op, count) = Ops[name];
        using var a = new GuardedFloats(Longest + 16);
        using var b = new GuardedFloats(Longest + 16);
        using var c = new GuardedFloats(Longest + 16);
        using var y = new GuardedFloats(Longest + 16);
        GuardedFloats[] operands = [a, b, c];
        var values = new float[count][];
        var expected = new float[Longest];
        for (var length = 1; length <= Longest; length++)
        {
            for (var operand = 0; operand < count; operand++)
            {
                Fill(a.Take(length), length, seed: length * 3 + operand, truth: op is Select && operand == 0);
                values[operand] = new Span<float>(a.Pointer, length).ToArray();
            }
            for (var shift = 0; shift < 16; shift++)
            {
                for (var operand = 0; operand < count;
                operand++)
                    values[operand].CopyTo(new Span<float>(operands[operand].Take(length + shift * (operand + 1) % 16), length));
                y.Take(length + shift * 5 % 16);
                var pointers = stackalloc float*[] { a.Pointer, b.Pointer, c.Pointer };
                ((ITileFunction)op).Run(pointers, y.Pointer, length);

                var result = new Span<float>(y.Pointer, length);
                if (shift == 0) result.CopyTo(expected);
                else if (!MemoryMarshal.Cast<float, int>(result).SequenceEqual(MemoryMarshal.Cast<float, int>(expected.AsSpan(0, length))))
                    Assert.Fail($"{name}, length {length}: other bits when moved by {shift} floats.");
                for (var i = 0; i < shift * 5 % 16;
                i++)
                    Assert.True(y.IsUntouched(length + i), $"{name} wrote behind its result at length {length}");
                Assert.True(y.CanariesLive() && a.CanariesLive() && b.CanariesLive() && c.CanariesLive(),
                    $"{name} wrote beside its result at length {length}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void May_write_over_any_operand(string name)
    {
        var (op, count) = Ops[name];
        using var a = new GuardedFloats(Longest);
        using var b = new GuardedFloats(Longest);
        using var c = new GuardedFloats(Longest);
        GuardedFloats[] operands = [a, b, c];
        foreach (var length in (int[])[1, 7, 8, 15, 16, 33, 100, 256])
        {
            for (var over = 0; over < count; over++)
            {
                for (var operand = 0; operand < count;
                operand++)
                    Fill(operands[operand].Take(length), length, seed: operand, truth: op is Select && operand == 0);
                var expected = Plain(op, operands[..count], length);
                var pointers = stackalloc float*[] { a.Pointer, b.Pointer, c.Pointer };
                ((ITileFunction)op).Run(pointers, pointers[over], length);
                for (var i = 0; i < length;
                i++)
                    AssertClose(expected[i], pointers[over][i], $"{name} over operand {over}, length {length}, element {i}");
            }
        }
    }

    [Fact]
    public void Whole_numbers_are_compared_and_converted_exactly()
    {
        int[] left = [0, 1, -1, 16_777_217, int.MaxValue, int.MinValue, 5, 6, 7];
        int[] right = [0, 2, -1, 16_777_216, int.MaxValue, int.MaxValue, 6, 5, 7];
        var y = new float[left.Length];
        fixed (int* a = left, b = right)
        fixed (float* result = y)
        {
            var operands = stackalloc float*[] { (float*)a, (float*)b };
            new Equal(0f).TileFunction(ElementType.Int32).Run(operands, result, y.Length);
            Assert.Equal(left.Zip(right, (l, r) => l == r ? 1f : 0f), y);
            new Less(0f).TileFunction(ElementType.Int32).Run(operands, result, y.Length);
            Assert.Equal(left.Zip(right, (l, r) => l < r ? 1f : 0f), y);
            new Cast().TileFunction(ElementType.Int32).Run(operands, result, y.Length);
            Assert.Equal(left.Select(l => (float)l), y);
        }
    }

    [Fact]
    public void Whole_numbers_of_every_length()
    {
        (Elementwise Op, Func<int, int, bool> Plain)[] comparisons =
            [
            (new Equal(0f), (l, r) => l == r), (new NotEqual(0f), (l, r) => l != r), (new Greater(0f), (l, r) => l > r),
            (new GreaterOrEqual(0f), (l, r) => l >= r), (new Less(0f), (l, r) => l < r), (new LessOrEqual(0f), (l, r) => l <= r),
        ];
        using var a = new GuardedFloats(Longest);
        using var b = new GuardedFloats(Longest);
        using var y = new GuardedFloats(Longest);
        for (var length = 1; length <= Longest; length++)
        {
            var random = new Random(length);
            int* left = (int*)a.Take(length), right = (int*)b.Take(length);
            for (var i = 0; i < length; i++) (left[i], right[i]) = (random.Next(-3, 3), random.Next(-3, 3));
            var operands = stackalloc float*[] { a.Pointer, b.Pointer };
            foreach (var (op, plain) in comparisons)
            {
                y.Take(length);
                op.TileFunction(ElementType.Int32).Run(operands, y.Pointer, length);
                for (var i = 0; i < length; i++) Assert.Equal(plain(left[i], right[i]) ? 1 : 0, y.Pointer[i]);
                Assert.True(y.CanariesLive());
            }
            y.Take(length);
            new Cast().TileFunction(ElementType.Int32).Run(operands, y.Pointer, length);
            for (var i = 0; i < length; i++) Assert.Equal(left[i], y.Pointer[i]);
        }
    }

    private static void Fill(float* to, int length, int seed, bool truth)
    {
        // Between 0.1 and 2 so that logarithms, roots and quotients exist; halves of them equal
        // in both operands so that comparisons meet ties.
        Philox.FillUniform(new Span<float>(to, length), (ulong)seed, 0, 0);
        for (var i = 0; i < length; i++) to[i] = truth ? i % 3 == 0 ? 1 : 0 : i % 2 == 0 ? 0.1f + 1.9f * to[i] : 0.25f * (1 + i % 7);
    }

    private static double[] Plain(Elementwise op, GuardedFloats[] operands, int length)
    {
        var inputs = operands.Select(operand =>
            new PlainTensor(Shape.Of(length), [.. Enumerable.Range(0, length).Select(i => (double)operand.Pointer[i])])).ToArray();
        return op.Evaluate(inputs, default).Elements;
    }

    private static void AssertClose(double expected, float actual, string where) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-6 * Math.Max(1, Math.Abs(expected)) * 4, $"{where}: {actual} instead of {expected}");
}
