using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Ops;

/// <summary>The comparisons that every op has to stand.</summary>
internal static class Check
{
    private const double Step = 2e-4;
    public const int LargestJacobian = 60;

    /// <summary>
    /// Compares the gradients of Σ sin(output), by the graph, with central differences in float64 for every element of every input;
    /// where there are many, along one random direction. The sine makes the upstream gradient of each element another number:
    /// with ones everywhere many wrong rules look right.
    /// </summary>
    public static void Gradients(IReadOnlyList<Node> outputs, IReadOnlyList<Placeholder> inputs, PlainFeed at, double tolerance = 1e-6)
    {
        var values = PlainReading.ValuesOf(outputs, at);
        var upstreams = outputs.Select(Upstream).ToArray();
        var fed = new PlainFeed(at);
        for (var i = 0; i < upstreams.Length;
        i++)
            fed[upstreams[i]] = new PlainTensor(values[outputs[i]].Shape, Array.ConvertAll(values[outputs[i]].Elements, Math.Cos));

        var gradients = SimpleFlow.Gradients.Of(Weighted(outputs, upstreams), [.. inputs]);
        var byGraph = PlainReading.ValuesOf(gradients, fed);
        for (var i = 0; i < inputs.Count; i++) Assert.Equal(at[inputs[i]].Shape, byGraph[gradients[i]].Shape);

        double Loss(PlainFeed feed)
        {
            var read = PlainReading.ValuesOf(outputs, feed);
            return outputs.Sum(output => read[output].Elements.Sum(Math.Sin));
        }
        var flat = inputs.SelectMany((input, i) =>
            Enumerable.Range(0, at[input].Count).Select(j => (Input: input, Element: j, Gradient: byGraph[gradients[i]].Elements[j])))
            .ToList();
        if (flat.Count <= LargestJacobian)
        {
            foreach (var (input, element, gradient) in flat)
                Close(Difference(distance => Loss(Moved(at, [(input, element, distance)]))), gradient, $"∂/∂{input.Name}[{element}]");
        }
        else
        {
            var random = new Random(7);
            var direction = flat.ConvertAll(_ => random.NextDouble() - 0.5);
            var difference =
                Difference(distance => Loss(Moved(at, flat.Select((one, i) => (one.Input, one.Element, distance * direction[i])))));
            Close(difference, flat.Select((one, i) => one.Gradient * direction[i]).Sum(), "along a random direction");
        }

        void Close(double difference, double gradient, string what) =>
            Assert.True(Math.Abs(difference - gradient) <= tolerance * Math.Max(1e-3, Math.Abs(difference)),
                $"{what}: {gradient} by the graph, {difference} by differences.");
    }

    /// <summary>The gradients of Σ output · upstream, with what to feed as upstream.</summary>
    public static (IReadOnlyList<Node> Gradients, Placeholder[] Upstreams) Backward(IReadOnlyList<Node> outputs,
        IReadOnlyList<Placeholder> inputs)
    {
        var upstreams = outputs.Select(Upstream).ToArray();
        return (SimpleFlow.Gradients.Of(Weighted(outputs, upstreams), [.. inputs]), upstreams);
    }

    /// <summary>Feeds each upstream gradient numbers of the size that its node turns out to have.</summary>
    public static void FeedUpstreams(IReadOnlyList<Node> outputs, Placeholder[] upstreams, PlainFeed feed)
    {
        var random = new Random(11);
        var values = PlainReading.ValuesOf(outputs, feed);
        for (var i = 0; i < upstreams.Length; i++)
        {
            var shape = values[outputs[i]].Shape;
            feed[upstreams[i]] = new PlainTensor(shape,
                [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (double)(random.NextSingle() - 0.5f))]);
        }
    }

    /// <summary>
    /// Compares the compiled reading with the plain one, and demands the same bits for one thread and for three, with every step split.
    /// Within one result float32 may lose what cancels among its largest terms: the bound grows with the largest element.
    /// </summary>
    public static void Compiled(Node[] outputs, PlainFeed feed, double tolerance = 1e-5)
    {
        var plain = PlainReading.ValuesOf(outputs, feed);
        var alone = Run(outputs, feed, threads: 1);
        var together = Run(outputs, feed, threads: 3);
        for (var i = 0; i < outputs.Length; i++)
        {
            var expected = plain[outputs[i]];
            Assert.Equal(expected.Sizes, alone[i].Shape.ToSizes());
            var bound = tolerance * (1 + expected.Elements.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
            for (var j = 0; j < expected.Count; j++)
            {
                Assert.True(Agree(expected.Elements[j], alone[i].Elements[j], bound),
                    $"output {i} `{outputs[i].Label}`, element {j}: compiled {alone[i].Elements[j]}, plain {expected.Elements[j]}.");
                Assert.Equal(BitConverter.DoubleToInt64Bits(alone[i].Elements[j]), BitConverter.DoubleToInt64Bits(together[i].Elements[j]));
            }
        }
    }

    /// <summary>The outputs' values by the compiled reading. It runs twice, as a second run must not
    /// depend on what the first one left behind.</summary>
    public static PlainTensor[] Run(Node[] outputs, PlainFeed feed, int threads = 1, params string[] without)
    {
        var shapes = feed.ToDictionary(pair => pair.Key, pair => pair.Value.Shape);
        var plan = Compiler.Compile(outputs, shapes, new CompilerOptions { Threads = threads, CostWorthSplitting = 0, Without = without });
        var executable = new Executable(plan, new StepClock());
        for (var run = 0; run < 2; run++)
        {
            foreach (var (placeholder, values) in feed)
            {
                if (!executable.Reads(placeholder)) continue;
                var region = executable.Feed(placeholder);
                for (var i = 0; i < values.Count; i++)
                {
                    if (placeholder.ElementType == ElementType.Int32) region.IntegerSpan[i] = (int)values.Elements[i];
                    else region.Span[i] = (float)values.Elements[i];
                }
            }
            executable.Run();
        }
        return [.. outputs.Select((_, i) =>
        {
            var region = executable.Output(i);
            double[] elements = executable.OutputType(i) == ElementType.Int32
                ? Array.ConvertAll(region.IntegerSpan.ToArray(), element => (double)element)
                : Array.ConvertAll(region.Span.ToArray(), element => (double)element);
            return new PlainTensor(Shape.Of(region.Sizes), elements);
        })];
    }

    private static bool Agree(double expected, double actual, double bound) =>
        expected.Equals(actual) || Math.Abs(expected - actual) <= bound
            || (Math.Abs(expected) > float.MaxValue && (float)expected == actual);

    private static Placeholder Upstream(Node output) => new("upstream", output.Shape);

    private static Node Weighted(IReadOnlyList<Node> outputs, Placeholder[] upstreams) =>
        outputs.Select((output, i) => (output * upstreams[i]).Sum()).Aggregate((sum, next) => sum + next);

    // Four points: the error falls with the fourth power of the step, so that a step far from rounding noise is exact enough.
    private static double Difference(Func<double, double> f) => (8 * (f(Step) - f(-Step)) - (f(2 * Step) - f(-2 * Step))) / (12 * Step);

    private static PlainFeed Moved(PlainFeed at, IEnumerable<(Placeholder Input, int Element, double Distance)> moves)
    {
        var moved = new PlainFeed(at);
        foreach (var group in moves.GroupBy(move => move.Input))
        {
            var elements = (double[])at[group.Key].Elements.Clone();
            foreach (var (_, element, distance) in group) elements[element] += distance;
            moved[group.Key] = new PlainTensor(at[group.Key].Shape, elements);
        }
        return moved;
    }
}
