using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>
/// One value of the graph: a <see cref="Placeholder"/>, a <see cref="Variable"/>, a <see cref="Constant"/>, or the result of an op
/// (<see cref="Operation"/>). Nodes never change and belong to no global graph: a graph is whatever its outputs depend on.
/// </summary>
public abstract class Node
{
    private protected Node(string? name, Shape shape, ElementType elementType, Node[] inputs, SourceLocation madeAt)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Name = name is null ? null : Required.Text(name);
        Shape = shape;
        ElementType = elementType;
        InputArray = inputs;
        MadeAt = madeAt;
    }

    /// <summary>The name it was given, if any.</summary>
    public string? Name { get; }

    /// <summary>Its sizes, as far as they are known.</summary>
    public Shape Shape { get; }

    /// <summary>The type of its elements.</summary>
    public ElementType ElementType { get; }

    /// <summary>The nodes it is computed from; none for a placeholder, variable or constant.</summary>
    public IReadOnlyList<Node> Inputs => InputArray;

    internal Node[] InputArray { get; }

    /// <summary>Where in the program it was made, as far as the language says.</summary>
    public SourceLocation MadeAt { get; }

    /// <summary>Its name, or the expression that makes it, for messages and pictures.</summary>
    public string Label => Name ?? FormulaText.Of(Expression(depth: 3));

    /// <summary>Its value as one number in the last run of a model that computed it: the loss after a fit, for example. If models on
    /// several threads share the node, it is the value of whichever ran last;
    /// <see cref="Model.ValueOf"/> gives that of one model.</summary>
    /// <exception cref="InvalidOperationException">It has more than one element (see
    /// <see cref="Values"/>), or no run has computed it.</exception>
    public float Value
    {
        get
        {
            if (LastRun?.NumberOf(this) is { } number) return number;
            var values = Values;
            return values.FlattenedLength == 1
                ? values.GetSpan(new nint[values.Rank], 1)[0]
                : throw new InvalidOperationException($"`{Label}` has the shape {Shape}, not one number: read Values.");
        }
    }

    /// <summary>
    /// A copy of its elements: a variable's current ones, any other node's from the last run of a model that was asked for it. If models on
    /// several threads share the node, they come from whichever ran last; <see cref="Model.ValuesOf"/> gives those of one model.
    /// </summary>
    /// <exception cref="InvalidOperationException">No run has computed it: it is neither a loss nor a prediction of a model that has
    /// run.</exception>
    public virtual Tensor<float> Values => LastRun?.Of(this) ?? throw new InvalidOperationException(
        $"`{Label}` has no value yet: only the losses and predictions of a model that has run keep theirs.");

    /// <summary>The values of the model that computed it last.</summary>
    internal NodeValues? LastRun { get; set; }

    internal abstract Formula Expression(int depth);

    /// <summary>Makes a constant of a number.</summary>
    public static implicit operator Node(float value) => new Constant(value);

    /// <summary>Its label, shape and element type.</summary>
    public override string ToString() => $"{Label} {Shape}{(ElementType == ElementType.Float32 ? "" : " " + ElementType)}";
}
