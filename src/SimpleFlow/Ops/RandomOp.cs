using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// Random numbers in the shape of the source, whose values do not matter; new ones at every step. They are a function of the run's seed,
/// the op's stream, the step and the position, so both readings and any number of threads draw the same ones. Nothing flows back.
/// </summary>
public abstract record RandomOp : Op
{
    private protected RandomOp(int stream) => Stream = RandomStreams.RandomOps.Required(stream);

    /// <summary>Which of the run's random streams it draws from, from 0 to 2³⁰ − 1;
    /// two random ops with one stream draw the same numbers.</summary>
    public int Stream { get; }

    /// <summary>The axis of the batch, if it draws for each row by the row's number in the batch of all ranks; null: by position.</summary>
    internal int? RowAxis { get; init; }

    protected internal override string Attributes => $"stream {Stream}";

    internal sealed override bool HasEffect => true;

    internal sealed override bool UsesOnlyShape(int input) => true;

    internal sealed override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[0].Shape);

    protected internal sealed override Node? Gradient(Operation node, Node upstream, int input) => null;

    /// <summary>Fills the span with the numbers at the positions from <paramref name="first"/> on.</summary>
    private protected abstract void Fill(Span<float> destination, ulong seed, uint stream, long step, long first);

    internal sealed override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var numbers = new float[inputs[0].Count];
        Fill(numbers, step.Seed, StreamInRun, step.Step, 0);
        return new PlainTensor(inputs[0].Shape, Array.ConvertAll(numbers, number => (double)number));
    }

    private uint StreamInRun => RandomStreams.RandomOps[Stream];

    internal sealed override Kernel Compile(in Binding binding) => new FillKernel(this, binding.Output, binding.Clock);

    private sealed unsafe class FillKernel(RandomOp op, Region output, StepClock clock) : Kernel
    {
        private readonly int _count = output.Count;
        private readonly GlobalRows _rows = new(op.RowAxis, output.Sizes, clock);

        public override void Run(int part, int parts)
        {
            var (start, end) = Piece(_count, part, parts, grain: 64);
            for (int at = start, length; at < end; at += length)
            {
                (var place, length) = _rows.PlaceOf(at, end - at);
                op.Fill(new Span<float>(output.Pointer + at, length), clock.Seed, op.StreamInRun, clock.Step, place);
            }
        }
    }
}
