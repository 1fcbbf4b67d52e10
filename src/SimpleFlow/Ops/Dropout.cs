using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// In training, y = x/(1 − p) with probability 1 − p, else 0, drawn anew for every element at every step, so that no unit can rely on another
/// (Srivastava and others, "Dropout: a simple way to prevent neural networks from overfitting", 2014). Used and not trained, y = x.
/// <para>
/// Which elements fall is a function of the run's seed, the op's stream, the step and the position: nothing is kept for the way back. The upstream gradient goes through the same mask, by the same op.
/// </para>
/// </summary>
public sealed record Dropout : Op
{
    // Neither the lower half of the streams, where initial values and shuffles draw, nor the quarter of the random ops.
    private const uint Streams = 0xC000_0000u;

    /// <summary>With the share that falls and a stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside [0, 1), or the stream is negative.</exception>
    public Dropout(float share, int stream = 0)
    {
        if (!(share is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "Dropout: the share that falls lies in [0, 1).");
        ArgumentOutOfRangeException.ThrowIfNegative(stream);
        (Share, Stream) = (share, stream);
    }

    /// <summary>p, the share of the elements that fall.</summary>
    public float Share { get; }

    /// <summary>Two ops of one stream let the same elements fall.</summary>
    public int Stream { get; }

    internal override string Attributes => $"{Share}, stream {Stream}";

    internal override bool HasEffect => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        if (inputs[0].ElementType != ElementType.Float32)
            throw new ShapeException($"{inputs[0]} is {inputs[0].ElementType}; {ElementType.Float32} is needed.", "Convert it with Cast(), or feed it as floats.");
        return Signature.Float(inputs[0].Shape);
    }

    internal override Node? Gradient(Operation node, Node upstream, int input) => Flow.AddFlow(upstream, this);

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var x = inputs[0];
        var numbers = new float[x.Count];
        Philox.FillUniform(numbers, step.Seed, StreamInRun, step.Step, 0);
        return new PlainTensor(x.Shape, [.. x.Elements.Select((element, i) => numbers[i] < Share ? 0 : element / (1 - (double)Share))]);
    }

    internal override Node? AtInference(Operation node) => node.InputArray[0];

    internal override Node? Simplify(Operation node) => Share == 0 ? node.InputArray[0] : null;

    internal override double Cost(Operation node) => node.Shape.Count;

    internal override Kernel Compile(in Binding binding) => new MaskKernel(this, binding.Inputs[0], binding.Output, binding.Clock);

    private uint StreamInRun => Streams + (uint)Stream % (1 << 30);

    private sealed unsafe class MaskKernel(Dropout op, Region x, Region y, StepClock clock) : Kernel
    {
        private const int Block = 512;

        private readonly float* _from = x.Pointer, _to = y.Pointer;
        private readonly int _count = y.Count;

        public override void Run(int part, int parts)
        {
            var (start, end) = Piece(_count, part, parts, grain: Block);
            var scale = 1 / (1 - op.Share);
            Span<float> numbers = stackalloc float[Block];
            for (int i = start, length; i < end; i += length)
            {
                length = Math.Min(Block, end - i);
                Philox.FillUniform(numbers[..length], clock.Seed, op.StreamInRun, clock.Step, i);
                for (var j = 0; j < length; j++) _to[i + j] = numbers[j] < op.Share ? 0 : _from[i + j] * scale;
            }
        }
    }
}

public static partial class Flow
{
    /// <summary>Lets the given share of the elements fall in training, and scales the others up by as much.</summary>
    public static Node Dropout(this Node x, float share, int stream = 0, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Dropout(share, stream), name, file, line);
}
