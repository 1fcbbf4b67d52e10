namespace SimpleFlow;

/// <summary>
/// Writes nodes as formulas of other nodes, down to those that have a symbol. It leaves out what a graph needs and a person would not
/// write: factors of 1, sums over axes of size 1, and the stretching or reshaping of values to the size that is needed.
/// </summary>
internal sealed class NodeFormulas(NodeNames names)
{
    private static readonly Formula One = "1", MinusOne = "-1";
    // Nobody reads a formula that is deeper than that: the norm of the gradients of a thousand variables is a sum in a sum in a sum.
    private const int DeepestFormula = 48;

    private readonly List<(Node Of, string Axes, Formula Symbol)> _counts = [];
    private readonly Dictionary<(Node Of, string Axes), Formula> _countSymbols = [];
    private int _depth;

    /// <summary>The symbols for numbers of elements that the graph does not know yet: n, and what it counts.</summary>
    public IReadOnlyList<(Formula Symbol, Formula Of, string Axes)> Counts =>
        [.. _counts.Select(count => (count.Symbol, names[count.Of], count.Axes))];

    /// <summary>The formula of a node.</summary>
    /// <param name="node">What to write.</param>
    /// <param name="known">Gives the formula of a node that must not be expanded, or null.</param>
    public Formula Of(Node node, Func<Node, Formula?> known) => known(node) ?? node switch
    {
        Operation operation => Of(operation, known),
        Constant { Uniform: { } value } => NodeNames.Number(value),
        _ => node.Expression(depth: 1),
    };

    /// <summary>The right side of an operation's definition: its op, applied to its inputs.</summary>
    public Formula Definition(Operation operation)
    {
        var inputs = Array.ConvertAll(operation.InputArray, input => names[input]);
        return operation.Op is Reduce ? operation.Op.Written(inputs) : Simplest(operation, inputs, names.Find);
    }

    /// <summary>
    /// The derivative of a function of one number, if the op is written as one: relu′ and its definition. Everything in it is elementwise,
    /// so it is what the gradient rule makes of an upstream gradient of 1.
    /// </summary>
    public (string Function, Formula Value)? LocalDerivative(Operation operation, Func<Node, Formula?> known)
    {
        if (operation.Op is not Unary || operation.Op.Written([""]) is not Call { Arguments.Length: 1 } call) return null;
        return operation.Op.RuleOf(operation, 1f, 0) is { } local && Of(local, known) is var value and not Symbol
            ? ($"{call.Function}′", value) : null;
    }

    private Formula Of(Operation operation, Func<Node, Formula?> known)
    {
        if (operation.Op is ConcatPlace) return operation.Op.Written([]);
        if (operation.Op is CountElements count) return CountOf(operation.InputArray[0], count, known);
        if (_depth == DeepestFormula) return "…";
        _depth++;
        var inputs = Array.ConvertAll(operation.InputArray, input => Of(input, known));
        _depth--;
        return Simplest(operation, inputs, known);
    }

    private static Formula Simplest(Operation operation, Formula[] inputs, Func<Node, Formula?> known)
    {
        switch (operation.Op)
        {
            case Multiply when inputs[0] == One: return inputs[1];
            case Multiply or Divide when inputs[1] == One: return inputs[0];
            case Multiply when operation.InputArray[0] == operation.InputArray[1]: return new Exponent(inputs[0], "2");
            case Multiply when inputs[0] == MinusOne: return new Negative(inputs[1]);
            case Multiply when inputs[1] == MinusOne: return new Negative(inputs[0]);
            case Multiply when inputs[1] is Infix { Sign: "/" } inverse && inverse.Left == One:
                return Formula.Quotient(inputs[0], inverse.Right);
            case Multiply: return Infix.Product(inputs[0], operation.InputArray.Any(IsNumber) ? "·" : "∘", inputs[1]);
            case Reduce reduce when reduce.ChangesNothing(operation): return inputs[0];
            case Cast: return inputs[0];
            case Decay decay: return Infix.Product(NodeNames.Number(decay.Factor), "·", inputs[0]);
            default: return operation.Op.Written(inputs);
        }

        // A number that was stretched is still a number, unless it has a name that does not show it.
        bool IsNumber(Node node)
        {
            while (node.Shape.Rank > 0 && known(node) is null
                && node is Operation { Op: BroadcastLike or Broadcast or Unsqueeze } stretched)
                node = stretched.InputArray[0];
            return node.Shape.Rank == 0 || node is Constant { Uniform: not null };
        }
    }

    private Formula CountOf(Node counted, CountElements op, Func<Node, Formula?> known)
    {
        // Only nodes that a reader can look up are worth a symbol.
        if (names.Find(counted) is null) return op.Written([Of(counted, known)]);
        var axes = op.Attributes;
        if (_countSymbols.TryGetValue((counted, axes), out var found)) return found;
        Formula symbol = _counts.Count == 0 ? "n" : $"n_{_counts.Count + 1}";
        _counts.Add((counted, axes, symbol));
        _countSymbols[(counted, axes)] = symbol;
        return symbol;
    }
}
