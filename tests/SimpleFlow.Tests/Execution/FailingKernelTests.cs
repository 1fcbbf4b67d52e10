using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Execution;

/// <summary>An exception in a kernel reaches whoever runs the model, and the model, its workers and other models go on.</summary>
[Trait("Promise", "15")]
public class FailingKernelTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(5)]
    public void It_reaches_the_caller_and_the_next_step_works(int threads)
    {
        var fault = new Fault();
        var (model, x) = Net(fault, threads);
        var (never, _) = Net(new Fault(), threads, x);
        var feed = new Feed { [x] = Numbers() };
        foreach (var each in new[] { model, never }) each.Fit(feed, 3);

        foreach (var part in Enumerable.Range(0, threads))
        {
            fault.Part = part;
            Assert.Equal($"part {part} is broken", Assert.Throws<DivideByZeroException>(() => model.Fit(feed, 1)).Message);
            Assert.Equal(3, model.Iterations);
        }
        fault.Part = null;
        // The gradients were not complete, so nothing has changed: both go on with the same bits.
        foreach (var each in new[] { model, never }) each.Fit(feed, 3);
        Weights.AssertSame(Weights.Of(never), Weights.Of(model));
    }

    [Fact]
    public async Task Another_model_that_trains_at_the_same_time_does_not_notice()
    {
        var (model, x) = Net(new Fault(), threads: 2);
        var feed = new Feed { [x] = Numbers() };
        model.Fit(feed, 100);
        var fault = new Fault { Part = 1 };
        var (broken, y) = Net(fault, threads: 2);
        var (beside, z) = Net(new Fault(), threads: 2);
        await Task.WhenAll(
            Task.Run(() =>
            {
                for (var i = 0; i < 50; i++)
                    Assert.Throws<DivideByZeroException>(() => broken.Fit(new Feed { [y] = Numbers() }, 1));
            }),
            Task.Run(() => beside.Fit(new Feed { [z] = Numbers() }, 100)));
        Weights.AssertSame(Weights.Of(model), Weights.Of(beside));
    }

    private static (Model Model, Placeholder X) Net(Fault fault, int threads, Placeholder? x = null)
    {
        x ??= new Placeholder("x", [null, 64]);
        var hidden = Layers.Dense(x, 64, Activation.Tanh, name: "hidden");
        var fragile = Flow.AddFlow(hidden, new Fragile(fault));
        var model = new Model(Layers.Dense(fragile, 8, name: "out").Power(2).Mean(), optimizer: new Adam(), seed: 3, threads: threads);
        return (model, x);
    }

    private static float[,] Numbers()
    {
        var random = new Random(1);
        var numbers = new float[64, 64];
        for (var row = 0; row < 64; row++)
            for (var column = 0; column < 64; column++) numbers[row, column] = random.NextSingle();
        return numbers;
    }

    /// <summary>Which part fails; null: none.</summary>
    private sealed class Fault
    {
        public int? Part { get; set; }
    }

    /// <summary>Copies its input, long enough to be split, and fails where it is told to.</summary>
    private sealed record Fragile(Fault Fault) : Op
    {
        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[0].Shape);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream;

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[0];

        internal override double Cost(Operation node) => 1e6;

        internal override Kernel Compile(in Binding binding) => new FragileCopy(Fault, binding.Inputs[0], binding.Output);
    }

    private sealed class FragileCopy(Fault fault, Region from, Region to) : Kernel
    {
        public override unsafe void Run(int part, int parts)
        {
            if (part == fault.Part) throw new DivideByZeroException($"part {part} is broken");
            var (start, end) = Piece(from.Count, part, parts);
            new ReadOnlySpan<float>(from.Pointer + start, end - start).CopyTo(new Span<float>(to.Pointer + start, end - start));
        }
    }
}
