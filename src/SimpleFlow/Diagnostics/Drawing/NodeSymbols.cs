using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// Names the nodes in the formulas of a drawing. A node without a name goes by its formula while that is short. Numbers, and what is
/// computed from numbers alone, get no box of their own: they appear in the formulas that use them, so that <c>2 * x</c> is one box and not
/// two.
/// </summary>
internal sealed class NodeSymbols
{
    private const int LongestSymbol = 20, LongestFormula = 34, LongestNumber = 12;
    private const string Unknown = "□";

    private readonly Dictionary<Node, string> _symbols = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, string> _formulas = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> _folded = new(ReferenceEqualityComparer.Instance);
    private readonly DrawnGradients? _gradients;

    /// <param name="nodes">The nodes of the picture, inputs first.</param>
    /// <param name="kept">The nodes that always get a box.</param>
    /// <param name="gradients">The gradients, if they are drawn.</param>
    public NodeSymbols(IEnumerable<Node> nodes, IReadOnlySet<Node> kept, DrawnGradients? gradients)
    {
        _gradients = gradients;
        foreach (var node in nodes)
        {
            if (node is Operation operation) _formulas[node] = FormulaOf(operation);
            if (!kept.Contains(node) && node.Name is null && GradientNodes(node).Count == 0 && NumberOf(node) is { } number)
            {
                _folded.Add(node);
                _symbols[node] = number;
            }
            else if (SymbolOf(node) is { Length: <= LongestSymbol } symbol)
            {
                _symbols[node] = symbol;
            }
        }
    }

    /// <summary>Whether it appears in the formulas that use it and has no box.</summary>
    public bool IsFolded(Node node) => _folded.Contains(node);

    /// <summary>How an operation computes its value from its neighbours; its op if that is too long.</summary>
    public string Formula(Operation node) => _formulas[node];

    /// <summary>The name of a gradient: <c>∂loss/∂w</c>.</summary>
    public string GradientTitle(Node of)
    {
        var loss = _gradients!.Loss.Name is { Length: <= LongestNumber } name ? name : "loss";
        return FormulaText.Of(new Derivative(loss, Symbol(of) ?? of.Label));
    }

    /// <summary>The nodes whose gradient it is, those with the best names first.</summary>
    public IReadOnlyList<Node> GradientNodes(Node node) =>
        _gradients is null ? [] : [.. _gradients.NodesOf(node).OrderBy(of => of is Variable ? 0 : of.Name is not null ? 1 : 2)];

    private string? Symbol(Node node) =>
        _symbols.TryGetValue(node, out var symbol) ? symbol : node.Name is { Length: <= LongestSymbol } name ? name : null;

    private string? SymbolOf(Node node)
    {
        if (node.Name is { } name) return name;
        if (GradientNodes(node) is [var of, ..]) return Symbol(of) is { } symbol ? FormulaText.Of(new Delta(symbol)) : null;
        return node is Operation operation && TryFormula(operation, out var formula) ? formula : null;
    }

    private string? NumberOf(Node node) => node switch
    {
        Constant { Uniform: { } value } => ((float)value).ToString(CultureInfo.InvariantCulture),
        Operation { Op: CountElements } => "n",
        Operation { Op.HasEffect: false } operation when ValueInputs(operation).Any() && ValueInputs(operation).All(_folded.Contains)
            && Written(operation, input => Symbol(input) ?? Unknown) is { Length: <= LongestNumber } number => number,
        _ => null,
    };

    /// <summary>The inputs whose values matter, not just their shapes.</summary>
    public static IEnumerable<Node> ValueInputs(Operation operation) =>
        operation.InputArray.Where((_, i) => !operation.Op.UsesOnlyShape(i));

    private static string Written(Operation operation, Func<Node, string> symbol) =>
        FormulaText.Of(operation.Op.Written(Array.ConvertAll(operation.InputArray, input => (Formula)symbol(input))));

    private string FormulaOf(Operation operation)
    {
        if (TryFormula(operation, out var formula)) return formula;
        if (!operation.InputArray.Any(_folded.Contains)) return operation.Op.ToString();
        // The numbers at least: 2 * □.
        var text = Written(operation, input => _folded.Contains(input) ? Symbol(input)! : Unknown);
        return text.Length <= LongestFormula ? text : operation.Op.ToString();
    }

    private bool TryFormula(Operation operation, [NotNullWhen(true)] out string? formula)
    {
        formula = null;
        var inputs = new string[operation.InputArray.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (Symbol(operation.InputArray[i]) is { } symbol) inputs[i] = symbol;
            else if (operation.Op.UsesOnlyShape(i)) inputs[i] = "…";
            else return false;
        }
        var next = 0;
        var text = Written(operation, _ => inputs[next++]);
        // Stretching is silent in expressions, but a box must say what it does.
        if (inputs.Length > 0 && text == inputs[0])
            text = $"{operation.Op.Name.Replace("Like", "", StringComparison.Ordinal).ToLowerInvariant()}({text})";
        if (text.Length > LongestFormula) return false;
        formula = text;
        return true;
    }
}
