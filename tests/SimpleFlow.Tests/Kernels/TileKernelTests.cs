using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Tests.Kernels;

/// <summary>Tile programs over every kind of broadcast operand, at sizes around the length of a tile, in any number of parts.</summary>
[Trait("Promise", "4")]
public sealed unsafe class TileKernelTests
{
    /// <summary>Result shapes, each with operands that broadcast to it in every way.</summary>
    public static TheoryData<int[], int[], int[]> Shapes => new()
    {
        { [7], [7], [1] },
        { [1023], [1023], [] },
        { [1025], [1], [1025] },
        { [200, 10], [200, 10], [10] },
        { [200, 10], [200, 1], [10] },
        { [200, 10], [200, 1], [200, 10] },
        { [3, 1024], [3, 1], [1024] },
        { [3, 1025], [1025], [3, 1] },
        { [2, 3000], [3000], [2, 1] },
        { [5, 4, 3], [4, 1], [5, 1, 3] },
        { [5, 4, 3], [1, 4, 1], [5, 4, 3] },
        { [2, 1, 700, 3], [2, 1, 1, 3], [700, 1] },
        { [1, 1], [1, 1], [] },
        { [0, 10], [0, 10], [10] },
        { [4, 0], [4, 1], [1, 0] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_program_of_three_instructions_agrees_with_the_plain_reading(int[] sizes, int[] left, int[] right)
    {
        var shape = Shape.Of(sizes);
        using var a = Random(left, 1);
        using var b = Random(right, 2);
        // (a − b) · a is stored, its maximum with b is stored too, and the difference lives in a tile only.
        var program = new TileProgram(2,
        [
            new TileInstruction(new Subtract(0f), [0, 1], IsStored: false),
            new TileInstruction(new Multiply(0f), [2, 0], IsStored: true),
            new TileInstruction(new Maximum(0f), [3, 1], IsStored: true),
        ]);
        var (plainA, plainB) = (Plain(left, a), Plain(right, b));
        var product = new Multiply(0f).Evaluate([new Subtract(0f).Evaluate([plainA, plainB], default), plainA], default);
        var expected = new Maximum(0f).Evaluate([product, plainB], default);

        foreach (var parts in (int[])[1, 2, 3, 8])
        {
            using var y = new GuardedFloats(shape.ElementCount + 1);
            using var z = new GuardedFloats(shape.ElementCount + 1);
            y.Take(shape.ElementCount);
            z.Take(shape.ElementCount);
            var scratch = new AlignedMemory((int)program.ScratchFloats(parts));
            var kernel = new TileKernel(program, [new Region(a.Pointer, left), new Region(b.Pointer, right)], sizes,
                [null, y.Pointer, z.Pointer], scratch.Pointer);
            for (var part = parts - 1; part >= 0; part--) kernel.Run(part, parts);

            Assert.True(y.CanariesLive() && z.CanariesLive());
            for (var i = 0; i < shape.ElementCount; i++)
            {
                Assert.Equal(product.Elements[i], y.Pointer[i], 1e-5);
                Assert.Equal(expected.Elements[i], z.Pointer[i], 1e-5);
            }
        }
    }

    [Fact]
    public void A_tile_is_used_again_when_its_value_is_dead()
    {
        var chain = Enumerable.Range(0, 40).Select(i => new TileInstruction(new Relu(), [i], IsStored: i == 39)).ToArray();
        Assert.Equal(2, new TileProgram(1, chain).Tiles);
    }

    private static GuardedFloats Random(int[] sizes, int seed)
    {
        var count = (int)Shape.Of(sizes).ElementCount;
        var memory = new GuardedFloats(count + 1);
        Philox.FillNormal(new Span<float>(memory.Take(count), count), (ulong)seed, 0, 0);
        return memory;
    }

    private static PlainTensor Plain(int[] sizes, GuardedFloats memory)
    {
        var result = new PlainTensor(Shape.Of(sizes));
        for (var i = 0; i < result.Count; i++) result.Elements[i] = memory.Pointer[i];
        return result;
    }
}
