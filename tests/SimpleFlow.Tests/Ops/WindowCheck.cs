using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Tests.Kernels;

namespace SimpleFlow.Tests.Ops;

/// <summary>What the kernels of the ops with a sliding window have to stand beside the catalogue:
/// any number of parts, and guarded memory.</summary>
internal static unsafe class WindowCheck
{
    /// <summary>Distinct values of both signs, evenly spread, so that nothing ties.</summary>
    public static PlainTensor Values(Shape shape, int seed)
    {
        var random = new Random(seed);
        var magnitudes = Enumerable.Range(0, (int)shape.ElementCount).ToArray();
        random.Shuffle(magnitudes);
        return new PlainTensor(shape, Array.ConvertAll(magnitudes,
            magnitude => (double)(float)((0.3 + 1.4 * (magnitude + 0.5) / magnitudes.Length) * (random.Next(2) * 2 - 1))));
    }

    /// <summary>
    /// Runs one op's kernel in 1, 2, 3 and 8 parts on memory that ends at a page nobody may touch, its scratch filled with NaN:
    /// the same bits each time, and what the plain reading says.
    /// </summary>
    public static void Kernel(Node output, PlainFeed feed) =>
        Kernels(output, feed, ((node, parts) => node.Op.ScratchFloats(node, parts), binding => binding.Node.Op.Compile(binding)));

    /// <summary>The same for kernels that the op might not choose.</summary>
    public static void Kernels(Node output, PlainFeed feed,
        params (Func<Operation, int, long> ScratchFloats, Func<Binding, Kernel> Make)[] kernels)
    {
        var node = (Operation)Compiler.Compile([output], feed.ToDictionary(pair => pair.Key, pair => pair.Value.Shape),
            new CompilerOptions { Without = ["Fold"] }).Outputs[0];
        var plain = PlainReading.ValuesOf([output], feed)[output];
        var fed = ((Operation)output).InputArray;
        var memory = new List<GuardedFloats>();
        Region Guarded(Shape shape)
        {
            memory.Add(new GuardedFloats(shape.ElementCount));
            return new Region(memory[^1].Take(shape.ElementCount), shape.ToSizes());
        }
        var inputs = new Region[fed.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var value = feed[(Placeholder)fed[i]];
            if (node.Op.UsesOnlyShape(i))
            {
                inputs[i] = new Region(null, value.Sizes);
                continue;
            }
            inputs[i] = Guarded(value.Shape);
            Array.ConvertAll(value.Elements, element => (float)element).CopyTo(inputs[i].Span);
        }

        foreach (var (scratchFloats, make) in kernels)
        {
            float[]? one = null;
            foreach (var parts in (int[])[1, 2, 3, 8])
            {
                var result = Guarded(node.Shape);
                var length = scratchFloats(node, parts);
                memory.Add(new GuardedFloats(length));
                var scratch = memory[^1].Take((length + 15) / 16 * 16, alignment: 64);
                var kernel = make(new Binding(node, inputs, result, scratch, new StepClock()));
                for (var part = parts - 1; part >= 0; part--) kernel.Run(part, parts);
                Close(plain, result.Sizes, result.Span);
                one ??= result.Span.ToArray();
                Assert.Equal(Array.ConvertAll(one, BitConverter.SingleToInt32Bits),
                    Array.ConvertAll(result.Span.ToArray(), BitConverter.SingleToInt32Bits));
            }
        }
        Assert.All(memory, block => Assert.True(block.CanariesLive()));
        memory.ForEach(block => block.Dispose());
    }

    private static void Close(PlainTensor expected, int[] sizes, Span<float> actual)
    {
        Assert.Equal(expected.Sizes, sizes);
        var bound = 1e-5 * (1 + expected.Elements.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < expected.Count; i++)
            Assert.True(expected.Elements[i].Equals(actual[i]) || Math.Abs(expected.Elements[i] - actual[i]) <= bound,
                $"element {i}: compiled {actual[i]}, plain {expected.Elements[i]}.");
    }
}
