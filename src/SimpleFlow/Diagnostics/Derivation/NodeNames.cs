using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// Names the nodes of a graph in formulas: by the user's name if it can appear in one. An operation without a name, or with a whole
/// expression as its name, as in the seed of this project, gets a symbol of its own.
/// </summary>
internal sealed class NodeNames
{
    private readonly Dictionary<Node, Formula> _symbols = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _again = new(StringComparer.Ordinal);     // the last number of a name that several have
    private int _operations, _constants;

    /// <summary>The symbol of a node, or null if it has none.</summary>
    public Formula? Find(Node node) => _symbols.GetValueOrDefault(node);

    public Formula this[Node node] => _symbols[node];

    /// <summary>Names one node.</summary>
    public void Add(Node node, string symbol)
    {
        _taken.Add(symbol);
        _symbols[node] = symbol;
    }

    /// <summary>Gives one node a formula for a name.</summary>
    public void Add(Node node, Formula formula) => _symbols[node] = formula;

    /// <summary>Names nodes that have no symbol yet.</summary>
    public void Add(IEnumerable<Node> nodes)
    {
        var fresh = nodes.Where(node => !_symbols.ContainsKey(node)).ToList();
        // The user's names come first, so that none of our symbols takes one.
        foreach (var node in fresh)
        {
            if (node.Name is { } name && (node is Placeholder or Variable || CanStand(name)) && _taken.Add(Symbol(name)))
                _symbols[node] = Symbol(name);
        }
        foreach (var node in fresh)
        {
            if (_symbols.ContainsKey(node)) continue;
            _symbols[node] = node switch
            {
                Constant { Shape.Rank: 0 } constant => Number(constant.Elements[0]),
                Constant => Free(() => $"c_{++_constants}"),
                Operation => Free(() => $"s_{++_operations}"),
                _ => Again(Symbol(node.Name ?? "x")),
            };
        }
    }

    /// <summary>The user's name, if the symbol differs from it.</summary>
    public string? Remark(Node node) =>
        node is Operation && node.Name is { } name && Find(node) is Symbol symbol && symbol.Text != Symbol(name) ? name : null;

    /// <summary>A number of the graph, with the digits that a float has: 0.1 and 1e-8.</summary>
    public static string Number(double value)
    {
        var text = value.ToString("G7", CultureInfo.InvariantCulture);
        return text.IndexOf('E', StringComparison.Ordinal) is var at and > 0
            ? $"{text[..at]}e{int.Parse(text[(at + 1)..], CultureInfo.InvariantCulture)}" : text;
    }

    private static bool CanStand(string name) =>
        name.Length > 0 && char.IsLetter(name[0])
            && name.All(character => char.IsLetterOrDigit(character) || character is '_' or '.' or '/' or ' ');

    private static string Symbol(string name) => name.Trim().Replace(' ', '_');

    private string Free(Func<string> next)
    {
        var name = next();
        while (!_taken.Add(name)) name = next();
        return name;
    }

    private string Again(string name)
    {
        var number = _again.GetValueOrDefault(name, 1);
        string numbered;
        do numbered = $"{name}({++number})"; while (!_taken.Add(numbered));
        _again[name] = number;
        return numbered;
    }
}
