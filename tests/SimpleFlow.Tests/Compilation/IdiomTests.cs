using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Tests.Compilation;

/// <summary>Idioms: found where they are, left alone where something would change, and bit for bit what
/// their instructions compute one by one.</summary>
[Trait("Promise", "3")]
public sealed unsafe class IdiomTests
{
    private static readonly float[] Special = [0f, -0f, 1f, -1f, 1e-38f, 1e-45f, 3.4e38f, float.PositiveInfinity, float.NegativeInfinity,
        float.NaN];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Idioms.All.Count)];

    [Theory, MemberData(nameof(Numbers))]
    public void Each_is_one_loop_with_the_bits_of_its_instructions(int number)
    {
        var pattern = Idioms.All[number].Pattern;
        var alone = Instructions(pattern);
        List<TileInstruction> merged = [.. alone];
        Idioms.Merge(pattern.Letters, merged, Enumerable.Repeat(0, merged.Count).ToList());
        Assert.Single(merged);
        Assert.True(alone.Count > 1);
        foreach (var count in Enumerable.Range(1, 40).Append(1024).Append(1500))
        {
            var random = new Random(count);
            var inputs = Enumerable.Range(0, pattern.Letters)
                .Select(_ =>
                    Enumerable.Range(0, count)
                        .Select(_ => random.Next(8) == 0 ? Special[random.Next(Special.Length)] : random.NextSingle() * 2 - 0.5f).ToArray())
                .ToArray();
            var (expected, actual) = (Run(alone, inputs), Run(merged, inputs));
            // Which NaN comes out of two of them is nothing that a processor promises.
            for (var i = 0; i < count;
            i++)
                Assert.True(BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])
                || (float.IsNaN(expected[i]) && float.IsNaN(actual[i])), $"{count}, {i}: {expected[i]:R} {actual[i]:R}");
        }
    }

    [Fact]
    public void The_order_of_summands_and_factors_makes_no_difference()
    {
        List<TileInstruction> program = [new(new Multiply(0f), [0, 1], false), new(new Add(0f), [3, 2], true)];
        Idioms.Merge(3, program, [0, 1]);
        Assert.Equal([2, 0, 1], Assert.Single(program).Operands);
    }

    [Fact]
    public void A_value_that_is_wanted_elsewhere_is_computed_once()
    {
        List<TileInstruction> program = [new(new Multiply(0f), [0, 1], false), new(new Add(0f), [2, 3], false),
            new(new Divide(0f), [4, 3], true)];
        Idioms.Merge(3, program, [0, 1, 2]);
        Assert.Equal(3, program.Count);
    }

    [Fact]
    public void A_value_that_goes_to_memory_stays()
    {
        List<TileInstruction> program = [new(new Multiply(0f), [0, 1], true), new(new Add(0f), [2, 3], true)];
        Idioms.Merge(3, program, [0, 1]);
        Assert.Equal(2, program.Count);
    }

    [Fact]
    public void Nothing_is_read_after_it_may_have_been_overwritten()
    {
        // Between the product and the sum something else is written, perhaps over what the product reads.
        List<TileInstruction> program = [new(new Multiply(0f), [0, 1], false), new(new Sqrt(), [2], true), new(new Add(0f), [2, 3], true)];
        Idioms.Merge(3, program, [0, 1, 2]);
        Assert.Equal(3, program.Count);
    }

    [Fact]
    public void The_letters_of_a_square_are_one_value()
    {
        List<TileInstruction> program = [new(new Decay(0.9f), [0], false), new(new Multiply(0f), [2, 3], false),
            new(new Multiply(0f), [1, 5], false), new(new Add(0f), [4, 6], true)];
        Idioms.Merge(4, program, [0, 1, 2, 3]);
        // The average of squares does not fit, the average does.
        Assert.Equal(2, program.Count);
    }

    [Fact]
    public void What_was_written_stays_beside_its_instruction()
    {
        List<TileInstruction> program = [new(new Sqrt(), [0], true), new(new Multiply(0f), [3, 1], false), new(new Add(0f), [2, 4], true),
            new(new Sqrt(), [5], true)];
        List<string> writes = ["root", "product", "sum", "last"];
        Idioms.Merge(3, program, writes);
        Assert.Equal(["root", "sum", "last"], writes);
        Assert.Equal([0], program[0].Operands);
        Assert.Equal([2, 3, 1], program[1].Operands);
        Assert.Equal([4], program[2].Operands);
    }

    public static TheoryData<string, int> Optimizers =>
        new() { { "descent", 1 }, { "momentum", 2 }, { "AdaGrad", 3 }, { "RMSProp", 2 }, { "Adam", 3 }, { "AdamW", 4 } };

    [Theory, MemberData(nameof(Optimizers))]
    public void An_optimizer_writes_each_of_its_results_in_one_pass(string name, int passes)
    {
        Optimizer optimizer = name switch
        {
            "descent" => new GradientDescent(0.1f),
            "momentum" => new Momentum(),
            "AdaGrad" => new AdaGrad(),
            "RMSProp" => new RmsProp(),
            "Adam" => new Adam(),
            _ => new AdamW(),
        };
        var (variable, gradient) = (new Variable("w", [30, 40]), new Placeholder("g", [30, 40]));
        Node[] outputs = [.. optimizer.Updates([variable], [gradient])];
        var plan = Compiler.Compile(outputs, new Dictionary<Placeholder, Shape> { [gradient] = gradient.Shape }, Reading.OneThread);
        var updates = plan.Steps.Where(step => step.Program is not null && step.ProgramShape.ElementCount == 1200);
        Assert.Equal(passes, Assert.Single(updates).Program!.Instructions.Length);
    }

    /// <summary>The instructions of a pattern, one by one, over its letters as inputs.</summary>
    private static List<TileInstruction> Instructions(Pattern pattern)
    {
        var program = new List<TileInstruction>();
        Add(pattern);
        program[^1] = program[^1] with { IsStored = true };
        return program;

        int Add(Pattern one)
        {
            if (one.Op is null) return one.Letter;
            int[] operands = [.. one.Inputs.Select(Add)];
            ITileFunction function = one.Op.Name switch
            {
                nameof(SimpleFlow.Add) => new Add(0f),
                nameof(Subtract) => new Subtract(0f),
                nameof(Multiply) => new Multiply(0f),
                nameof(Divide) => new Divide(0f),
                nameof(Sqrt) => new Sqrt(),
                _ => new Decay(0.9f),
            };
            program.Add(new TileInstruction(function, operands, IsStored: false));
            return pattern.Letters + program.Count - 1;
        }
    }

    private static float[] Run(List<TileInstruction> instructions, float[][] inputs)
    {
        var (program, count) = (new TileProgram(inputs.Length, [.. instructions]), inputs[0].Length);
        var memory = inputs.Select(input =>
        {
            var copy = new AlignedMemory(count);
            input.CopyTo(new Span<float>(copy.Pointer, count));
            return copy;
        }).ToArray();
        var (result, scratch) = (new AlignedMemory(count), new AlignedMemory((int)program.ScratchFloats(1)));
        var results = new float*[instructions.Count];
        results[^1] = result.Pointer;
        new TileKernel(program, Array.ConvertAll(memory, one => new Region(one.Pointer, [count])), [count], results, scratch.Pointer).Run(0,
            1);
        GC.KeepAlive(memory);
        GC.KeepAlive(scratch);
        return new Span<float>(result.Pointer, count).ToArray();
    }
}
