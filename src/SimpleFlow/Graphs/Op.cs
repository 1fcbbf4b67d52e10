using System.Globalization;
using System.Text;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// What a node computes, without the nodes it computes it from. An op is a value: two ops of the same kind with the same attributes are
/// equal. Its file has everything about it: the formula and its special points, the shape rule, the gradient as nodes, the plain float64
/// reading, the kernel.
/// </summary>
public abstract record Op
{
    private protected Op(params Node[] operands) => Operands = operands;

    /// <summary>The operands besides the source, if the op was written with them: <c>AddFlow(x, new MatMul(w))</c>.
    /// They end up as inputs of the node and are not attributes.</summary>
    internal Node[] Operands { get; }

    /// <summary>Its name: <c>MatMul</c>.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>
    /// Its attributes for people: <c>axes [1], keep</c>; empty if it has none. They tell the ops of a saved training apart. By default they
    /// are the public properties of the record without its operands: <c>Slope = 0.1</c>. Override it if one of them is a list, which has no
    /// text of its own.
    /// </summary>
    protected internal virtual string Attributes
    {
        get
        {
            var text = new StringBuilder();
            PrintMembers(text);
            // A record that takes its operands as positional parameters has them as properties, too: Right = w.
            foreach (var operand in Operands)
            {
                var members = text.ToString();
                var value = members.IndexOf($" = {operand}", StringComparison.Ordinal);
                if (value < 0) continue;
                var start = Math.Max(0, members.LastIndexOf(", ", value, StringComparison.Ordinal));
                text.Remove(start, value + $" = {operand}".Length - start);
                if (start == 0 && text.Length > 0) text.Remove(0, ", ".Length);
            }
            return text.ToString();
        }
    }

    /// <summary>How it is written on paper, given how its inputs are written: <c>x·w</c>.</summary>
    protected internal virtual Formula Notation(Formula[] inputs) => new Call(Name.ToLowerInvariant(), inputs);

    /// <summary>Whether its inputs are stretched to one shape.</summary>
    internal virtual bool Broadcasts => false;

    /// <summary>How many of the last axes an op that broadcasts does not stretch: the two of a matrix.</summary>
    internal virtual int UnstretchedAxes => 0;

    /// <summary>Whether a size that is unknown when the node is built may turn out to be 1 and be stretched
    /// (<see cref="GraphRewriting.StretchLate"/>). It plays no part once sizes are known, so ops that differ in it are equal.</summary>
    internal bool StretchesLate { get; init; }

    /// <summary>Whether equal nodes may differ in value or have a side effect: such nodes are never merged, folded or dropped.</summary>
    internal virtual bool HasEffect => false;

    /// <summary>Whether only the shape of input <paramref name="input"/> matters, so that its value need not be computed or kept.</summary>
    internal virtual bool UsesOnlyShape(int input) => false;

    /// <summary>Whether it stops gradients on purpose, although its value depends on its inputs.</summary>
    internal virtual bool StopsGradient => false;

    /// <summary>Which indices it accepts, for inputs of these shapes; null for an op that reads no indices.</summary>
    internal virtual IndexRange? Indices(ReadOnlySpan<Shape> inputs) => null;

    /// <summary>The shape and type rule. Throws <see cref="ShapeException"/> with the violated rule; the framework adds the op's name and
    /// the places.</summary>
    internal abstract Signature Infer(ReadOnlySpan<Operand> inputs);

    /// <summary>
    /// The gradient rule: ∂loss/∂input from <paramref name="upstream"/> = ∂loss/∂node, as nodes; null if nothing flows back. The result may
    /// have the shape after broadcasting: the sweep sums what was stretched.
    /// </summary>
    protected internal abstract Node? Gradient(Operation node, Node upstream, int input);

    /// <summary>The gradient rule for all inputs that need it, for an op of many inputs whose rules share work.</summary>
    internal virtual IEnumerable<(int Input, Node Gradient)> Gradients(Operation node, Node upstream, Predicate<int> isNeeded)
    {
        for (var i = 0; i < node.InputArray.Length; i++)
        {
            if (isNeeded(i) && RuleOf(node, upstream, i) is { } gradient) yield return (i, gradient);
        }
    }

    /// <summary>The gradient rule for one input; an exception of its code names the op.</summary>
    internal Node? RuleOf(Operation node, Node upstream, int input)
    {
        try
        {
            return Gradient(node, upstream, input);
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw OpFailure.Of(exception, this, [node]);
        }
    }

    /// <summary>Its <see cref="Notation"/>; an exception of its code names the op. The node is not named: a label may be
    /// written by the notation itself.</summary>
    internal Formula Written(Formula[] inputs)
    {
        try
        {
            return Notation(inputs) ?? throw new InvalidOperationException("Notation returned null.");
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw new GraphException($"The Notation of the op {Name} threw {exception.GetType().Name}: "
                + $"{exception.Message.ReplaceLineEndings(" ")}\nThe inner exception says where. Correct the op.", exception);
        }
    }

    /// <summary>The plain reading: the obvious loop, in float64. It defines what the op means.</summary>
    internal abstract PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step);

    /// <summary>What replaces the op in inference, or null if it stays the same: <see cref="Dropout"/> drops nothing then.</summary>
    internal virtual Node? AtInference(Operation node) => null;

    /// <summary>The same value from ops that have kernels for it, once the shapes are known; null if the node itself has a
    /// kernel.</summary>
    internal virtual Node? Lower(Operation node) => null;

    /// <summary>A simpler node with the same meaning, once the shapes are known, or null. It affects only speed.</summary>
    internal virtual Node? Simplify(Operation node) => null;

    /// <summary>The kernel of the compiled reading, bound to its memory.</summary>
    internal abstract Kernel Compile(in Binding binding);

    /// <summary>Whether the kernel passes each finished block of its result to a tile program, while it is in the cache.</summary>
    internal virtual bool HandsOn(Operation node) => false;

    /// <summary>Whether the kernel takes its input from a tile program, block by block, without writing it to memory; the program's results
    /// have the shape <paramref name="made"/>, and as many elements.</summary>
    internal virtual bool TakesOver(Operation node, Shape made) => false;

    /// <summary>Of how many kernels its kernel consists, each of which is split over the threads on its own; 0 if it is one.</summary>
    internal virtual long InnerKernels => 0;

    /// <summary>How many floats of scratch memory the kernel needs for <paramref name="parts"/> parts.</summary>
    internal virtual long ScratchFloats(Operation node, int parts) => 0;

    /// <summary>How many additions and multiplications the kernel makes; by default one per element of the result.</summary>
    internal virtual double Flops(Operation node) => node.Shape.ElementCount;

    /// <summary>About how many nanoseconds the kernel takes on one thread; this decides whether a step is worth splitting.</summary>
    internal virtual double Cost(Operation node) => node.Shape.ElementCount * 0.1;

    /// <summary>Two ops of one kind are equal if their attributes are equal; the operands they were written with do not count.</summary>
    public virtual bool Equals(Op? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>Writes the public properties of a record that derives from this one; of its own it has none to write.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>Its attributes, with numbers as they are written everywhere: an op of a user formats them in the culture of the thread, and
    /// a saved training must be the same on a machine that writes 0.9 with a comma.</summary>
    internal string InvariantAttributes
    {
        get
        {
            var culture = CultureInfo.CurrentCulture;
            if (ReferenceEquals(culture, CultureInfo.InvariantCulture)) return Attributes;
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            try
            {
                return Attributes;
            }
            finally
            {
                CultureInfo.CurrentCulture = culture;
            }
        }
    }

    /// <summary>Its name and attributes.</summary>
    public sealed override string ToString() =>
        InvariantAttributes is { Length: > 0 } attributes ? $"{Name}({attributes})" : Name;
}

/// <summary>A shape and an element type.</summary>
internal readonly record struct Signature(Shape Shape, ElementType ElementType)
{
    public static Signature Float(Shape shape) => new(shape, ElementType.Float32);
}

/// <summary>An input as a shape rule sees it: its node, for names, and its shape here.</summary>
internal readonly record struct Operand(Node Node, Shape Shape)
{
    public ElementType ElementType => Node.ElementType;

    public override string ToString() => $"`{Node.Label}`";
}

/// <summary>Identifies a step of a seeded run; counter-based random numbers are made from it.</summary>
internal readonly record struct StepIdentity(ulong Seed, long Step);
