using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// What a node computes, apart from what it computes it from. An op is a value:
/// two ops of the same kind with the same attributes are equal. Its file tells its whole story:
/// the formula and its special points, the shape rule, the gradient as nodes, the plain float64 reading, the kernel.
/// </summary>
public abstract record Op
{
    private protected Op(params Node[] operands) => Operands = operands;

    /// <summary>The operands besides the source, where the op was written with them: <c>AddFlow(x, new MatMul(w))</c>.
    /// They end up as inputs of the node and are no attribute.</summary>
    internal Node[] Operands { get; }

    /// <summary>Its name: <c>MatMul</c>.</summary>
    public string Name => GetType().Name;

    /// <summary>Its attributes for people: <c>axes [1], keep</c>; empty where it has none.</summary>
    internal virtual string Attributes => "";

    /// <summary>How it is written on paper, from how its inputs are: <c>x·w</c>.</summary>
    internal virtual Formula Notation(Formula[] inputs) => new Call(Name.ToLowerInvariant(), inputs);

    /// <summary>Whether its inputs are stretched to one shape.</summary>
    internal virtual bool Broadcasts => false;

    /// <summary>How many of the last axes an op that broadcasts does not stretch: the two of a matrix.</summary>
    internal virtual int UnstretchedAxes => 0;

    /// <summary>Whether two equal nodes may differ in value or do something: such nodes are never merged, folded or dropped.</summary>
    internal virtual bool HasEffect => false;

    /// <summary>Whether only the shape of input <paramref name="input"/> matters, so that its value need not be computed or kept.</summary>
    internal virtual bool UsesOnlyShape(int input) => false;

    /// <summary>Whether it keeps gradients back on purpose, although its value depends on its inputs.</summary>
    internal virtual bool StopsGradient => false;

    /// <summary>Which indices it takes, for inputs of these shapes; null for an op that reads none.</summary>
    internal virtual IndexRange? Indices(ReadOnlySpan<Shape> inputs) => null;

    /// <summary>The shape and type rule. Throws <see cref="ShapeException"/> with the rule that is broken;
    /// the op's name and the places are added by the framework.</summary>
    internal abstract Signature Infer(ReadOnlySpan<Operand> inputs);

    /// <summary>
    /// The gradient rule: ∂loss/∂input from <paramref name="upstream"/> = ∂loss/∂node, as nodes; null where nothing flows back.
    /// It may have the shape after broadcasting: the sweep sums what was stretched.
    /// </summary>
    internal abstract Node? Gradient(Operation node, Node upstream, int input);

    /// <summary>The gradient rule for all inputs that need it: for an op of many inputs whose rules share something.</summary>
    internal virtual IEnumerable<(int Input, Node Gradient)> Gradients(Operation node, Node upstream, Predicate<int> isNeeded)
    {
        for (var i = 0; i < node.InputArray.Length; i++)
        {
            if (isNeeded(i) && Gradient(node, upstream, i) is { } gradient) yield return (i, gradient);
        }
    }

    /// <summary>The plain reading: the obvious loop, in float64. It defines what the op means.</summary>
    internal abstract PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step);

    /// <summary>What takes its place where the network is used and not trained, or null where that makes no difference:
    /// <see cref="Dropout"/> drops nothing then.</summary>
    internal virtual Node? AtInference(Operation node) => null;

    /// <summary>An assignment that every training step makes beside those of the optimizer, or null:
    /// how a <see cref="RunningAverage"/> follows its statistic.</summary>
    /// <param name="node">The node of this op.</param>
    /// <param name="weight">Which part of a full batch the batch is.</param>
    internal virtual Node? Update(Operation node, float weight = 1) => null;

    /// <summary>The same value from ops that have kernels for it, once the shapes are known;
    /// null for a node that has a kernel as it is.</summary>
    internal virtual Node? Lower(Operation node) => null;

    /// <summary>A simpler node that means the same once the shapes are known, or null. Nothing depends on it but time.</summary>
    internal virtual Node? Simplify(Operation node) => null;

    /// <summary>The kernel of the compiled reading, bound to its memory.</summary>
    internal abstract Kernel Compile(in Binding binding);

    /// <summary>Whether the kernel hands every finished block of its result on to a tile program, while it is in the cache.</summary>
    internal virtual bool HandsOn(Operation node) => false;

    /// <summary>Whether the kernel takes its input from a tile program, block by block, without a way through memory;
    /// the program's results have the shape <paramref name="made"/>, and as many elements.</summary>
    internal virtual bool TakesOver(Operation node, Shape made) => false;

    /// <summary>Floats of scratch memory that the kernel wants, for <paramref name="parts"/> parts.</summary>
    internal virtual long ScratchFloats(Operation node, int parts) => 0;

    /// <summary>How many additions and multiplications the kernel makes, one per element of the result if nothing else is said.</summary>
    internal virtual double Flops(Operation node) => node.Shape.ElementCount;

    /// <summary>About how many nanoseconds the kernel takes on one thread: what decides whether a step is worth splitting.</summary>
    internal virtual double Cost(Operation node) => node.Shape.ElementCount * 0.1;

    /// <summary>Two ops of one kind are equal when their attributes are; the operands they were written with do not count.</summary>
    public virtual bool Equals(Op? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>Its name and attributes.</summary>
    public sealed override string ToString() => Attributes.Length == 0 ? Name : $"{Name}({Attributes})";
}

/// <summary>A shape and an element type.</summary>
internal readonly record struct Signature(Shape Shape, ElementType ElementType)
{
    public static Signature Float(Shape shape) => new(shape, ElementType.Float32);
}

/// <summary>An input as a shape rule sees it: its node for names, and the shape it has here.</summary>
internal readonly record struct Operand(Node Node, Shape Shape)
{
    public ElementType ElementType => Node.ElementType;

    public override string ToString() => $"`{Node.Label}`";
}

/// <summary>Which step of which seeded run this is: what counter-based random numbers are made from.</summary>
internal readonly record struct StepIdentity(ulong Seed, long Step);
