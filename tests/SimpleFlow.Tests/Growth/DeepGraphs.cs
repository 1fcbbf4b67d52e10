namespace SimpleFlow.Tests.Growth;

/// <summary>Graphs of any size whose shape asks for recursion, or for a look at everything from everywhere.</summary>
internal static class DeepGraphs
{
    public static IReadOnlyDictionary<string, Func<int, Node>> All { get; } = new Dictionary<string, Func<int, Node>>(
        StringComparer.Ordinal)
    {
        ["a chain"] = n => Repeated(n, (h, _) => h.Tanh()),
        ["a sum of variables"] = n => Repeated(n, (sum, i) => sum + new Variable($"w{i}", [2])),
        ["a sum that ends on the left"] = n => Repeated(n, (sum, i) => new Variable($"w{i}", [2]) + sum),
        ["one node used in every term"] = n => Terms(n, (w, _) => w.Tanh()),
        ["residual blocks"] = n => Repeated(n / 2, (h, _) => h + h.Tanh()),
        ["nested residual blocks"] = n =>
            Repeated(n / 40, (h, _) => (h + Repeated(h, 10, inner => inner + (inner.Tanh() + inner.Sigmoid().Tanh()))).Tanh()),
        ["one Concat"] = n => Flow.Concat([.. Enumerable.Range(0, n).Select(i => (Node)new Variable($"w{i}", [2]))], 0).Tanh(),
        ["slices summed"] = n => Slices(n, n, (x, i) => x.Slice(0, i, i + 1)),
        ["one slice in every term"] = n => Slices(n, 2, (x, i) => x.Slice(0, i % 2, i % 2 + 1)),
        ["reshapes"] = n => Repeated(n, (h, i) => h.Reshape(i % 2 == 0 ? [1, 2] : [2])),
        ["many losses"] = n => TotalLoss.Of([.. Terms(n)]),
    };

    /// <summary>Each joined to what comes before: the data grow with the square of n, the graph does not.</summary>
    public static Node Joined(int n) => Repeated(n, (h, i) => Flow.Concat([h, new Variable($"w{i}", [2])], 0)).Tanh();

    private static Node Repeated(int n, Func<Node, int, Node> next)
    {
        Node node = new Variable("w", [2]);
        for (var i = 0; i < n; i++) node = next(node, i);
        return node;
    }

    private static Node Repeated(Node node, int n, Func<Node, Node> next)
    {
        for (var i = 0; i < n; i++) node = next(node);
        return node;
    }

    private static Node Terms(int n, Func<Node, int, Node> term)
    {
        var w = new Variable("w", [2]);
        return Enumerable.Range(0, n).Select(i => term(w, i)).Aggregate((sum, next) => sum + next);
    }

    private static IEnumerable<Node> Terms(int n)
    {
        var w = new Variable("w", [2]);
        return Enumerable.Range(1, n).Select(i => (w * (float)i).Sum());
    }

    private static Node Slices(int n, int rows, Func<Node, int, Node> slice)
    {
        var x = new Variable("x", [rows, 2]);
        return Enumerable.Range(0, n).Select(i => slice(x, i).Tanh()).Aggregate((sum, next) => sum + next);
    }
}
