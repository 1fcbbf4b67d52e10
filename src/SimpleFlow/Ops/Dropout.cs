using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// In training, y = x/(1 − p) with probability 1 − p, else 0, drawn again for every element at every step, so that no unit can rely on
/// another (Srivastava and others, "Dropout: a simple way to prevent neural networks from overfitting", 2014). In inference, y = x.
/// <para>
/// Which elements are zeroed is a function of the run's seed, the op's stream, the step and the position, so nothing is stored for the
/// gradient: the same op puts the upstream gradient through the same mask.
/// </para>
/// </summary>
public sealed record Dropout : Op
{
    private static readonly Lock Numbering = new();
    private readonly bool _ofLayer;

    /// <summary>Creates the op with a dropout rate and a stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1), or the stream
    /// is not a number from 0 to 2³⁰ − 1.</exception>
    public Dropout(float rate, int stream = 0)
    {
        if (!(rate is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "Dropout: the rate must be in [0, 1).");
        (Rate, Stream) = (rate, RandomStreams.Dropouts.Required(stream));
    }

    /// <summary>Creates the dropout of a layer. Its stream follows from the layer's name and the number of dropouts before it;
    /// <see cref="Number"/> makes sure that no other one has it.</summary>
    internal Dropout(float rate, string layer, Node x)
        : this(rate, RandomStreams.Dropouts.NumberOf(layer, GraphOrder.Of([x]).OfType<Operation>().Count(node => node.Op is Dropout))) =>
        _ofLayer = true;

    /// <summary>p, the probability that an element is zeroed.</summary>
    public float Rate { get; }

    /// <summary>The random stream, from 0 to 2³⁰ − 1. Two ops with one stream zero the same elements. A layer's stream changes if a model
    /// has two layers with the same one.</summary>
    public int Stream { get; private set; }

    /// <summary>The axis of the batch, if it draws for each row by the row's number in the batch of all ranks; null: by position.</summary>
    internal int? RowAxis { get; init; }

    protected internal override string Attributes => $"{Rate}, stream {Stream}";

    internal override bool HasEffect => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        if (inputs[0].ElementType != ElementType.Float32)
            throw new ShapeException($"{inputs[0]} is {inputs[0].ElementType}; {ElementType.Float32} is needed.",
                "Convert it with Cast(), or feed it as floats.");
        return Signature.Float(inputs[0].Shape);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => Flow.AddFlow(upstream, this);

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var x = inputs[0];
        var numbers = new float[x.Count];
        Philox.FillUniform(numbers, step.Seed, StreamInRun, step.Step, 0);
        return new PlainTensor(x.Shape, [.. x.Elements.Select((element, i) => numbers[i] < Rate ? 0 : element / (1 - (double)Rate))]);
    }

    internal override Node? AtInference(Operation node) => node.InputArray[0];

    internal override Node? Simplify(Operation node) => Rate == 0 ? node.InputArray[0] : null;

    internal override double Cost(Operation node) => node.Shape.ElementCount;

    internal override Kernel Compile(in Binding binding) => new MaskKernel(this, binding.Inputs[0], binding.Output, binding.Clock);

    /// <summary>
    /// Gives layers of a graph different streams if their names led to the same one: the first keeps it, each other takes the next that no
    /// dropout of the graph uses. A stream that the user gave stays. The same program gets the same streams.
    /// </summary>
    internal static void Number(IEnumerable<Node> graph)
    {
        // The gradient uses the very op of its layer, so ops are compared by reference.
        var ops = graph.OfType<Operation>().Select(node => node.Op).OfType<Dropout>().Distinct<Dropout>(ReferenceEqualityComparer.Instance)
            .Cast<Dropout>().ToList();
        if (ops.TrueForAll(op => !op._ofLayer)) return;
        lock (Numbering)
        {
            var taken = ops.Where(op => !op._ofLayer).Select(op => op.Stream).ToHashSet();
            foreach (var op in ops.Where(op => op._ofLayer))
            {
                while (!taken.Add(op.Stream)) op.Stream = (int)((op.Stream + 1) % RandomStreams.Dropouts.Count);
            }
        }
    }

    private uint StreamInRun => RandomStreams.Dropouts[Stream];

    private sealed unsafe class MaskKernel(Dropout op, Region x, Region y, StepClock clock) : Kernel
    {
        private const int Block = 512;

        private readonly float* _from = x.Pointer, _to = y.Pointer;
        private readonly int _count = y.Count;
        private readonly GlobalRows _rows = new(op.RowAxis, y.Sizes, clock);

        public override void Run(int part, int parts)
        {
            var (start, end) = Piece(_count, part, parts, grain: Block);
            var scale = 1 / (1 - op.Rate);
            Span<float> numbers = stackalloc float[Block];
            for (int i = start, length; i < end; i += length)
            {
                (var place, length) = _rows.PlaceOf(i, Math.Min(Block, end - i));
                Philox.FillUniform(numbers[..length], clock.Seed, op.StreamInRun, clock.Step, place);
                for (var j = 0; j < length; j++) _to[i + j] = numbers[j] < op.Rate ? 0 : _from[i + j] * scale;
            }
        }
    }
}

public static partial class Flow
{
    /// <summary>In training, zeroes a random fraction of the elements, the dropout rate, and scales up the others to make up for
    /// it.</summary>
    public static Node Dropout(this Node x, float rate, int stream = 0, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Dropout(rate, stream), name, file, line);
}
