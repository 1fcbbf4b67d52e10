namespace SimpleFlow.Adversary;

/// <summary>Moves on each element by itself, with every kind of stretching.</summary>
internal static class ElementMoves
{
    public static IEnumerable<Move> All { get; } =
        [
        new("relu", p => p.Any().Relu()),
        new("leaky relu", p => p.Any().LeakyRelu(p.One(0.01f, 0.3f))),
        new("elu", p => p.Any().Elu(p.One(1f, 0.5f))),
        new("gelu", p => p.Any().Gelu()),
        new("silu", p => p.Any().Silu()),
        new("tanh", p => p.Any().Tanh()),
        new("sigmoid", p => p.Any().Sigmoid()),
        new("softplus", p => p.Any().Softplus()),
        new("erf", p => p.Any().Erf()),
        new("exp of a bounded value", p => p.Any().Tanh().Exp()),
        new("log of a positive value", p => (p.Any().Abs() + 0.5f).Log()),
        new("root of a positive value", p => (p.Any().Power(2) + 0.1f).Sqrt()),
        new("power", p => p.Any().Power(p.One(1, 2, 3, 4))),
        new("power of a positive value", p => (p.Any().Abs() + 0.5f).Power(p.One(0.5f, -1f, -2f, 1.5f, 0f))),
        new("negate", p => -p.Any()),
        new("abs", p => p.Any().Abs()),
        new("sign", p => p.Any().Sign()),
        new("clip", p => p.Any().Clip(p.One(-0f, -0.5f, -1f), p.One(0f, 0.7f, 2f))),
        new("stop", p => p.Any().StopGradient() * p.Any()),
        new("add", p => Two(p, (a, b) => a + b)),
        new("subtract", p => Two(p, (a, b) => a - b)),
        new("multiply", p => Two(p, (a, b) => a * b)),
        new("divide", p => Two(p, (a, b) => a / (b.Abs() + 0.5f))),
        new("maximum", p => Two(p, (a, b) => a.Maximum(b))),
        new("minimum", p => Two(p, (a, b) => a.Minimum(b))),
        new("number beside", p => p.Any() * p.One(0f, 1f, -1f, 0.3f) + p.One(0f, -0f, 1f, -2.5f)),
        new("select", p => Two(p, (a, b) => Flow.Select(Compare(p, a, b), a * 1.5f, b))),
        new("compare", p => Two(p, (a, b) => Compare(p, a, b))),
        new("mask", p => Two(p, (a, b) => a * Compare(p, a, b).Cast())),
    ];

    private static Node Compare(RandomProgram p, Node a, Node b) => p.Random.Next(6) switch
    {
        0 => a.Greater(b),
        1 => a.GreaterOrEqual(b),
        2 => a.Less(b),
        3 => a.LessOrEqual(b),
        4 => a.Sign().Equal(b.Sign()),
        _ => a.Sign().NotEqual(b.Sign()),
    };

    /// <summary>Two nodes that fit: one that is there, or a variable that is stretched along
    /// some axes, or that stretches the first.</summary>
    private static Node Two(RandomProgram p, Func<Node, Node, Node> combine)
    {
        var x = p.Any();
        if (p.Chance(0.4)) return combine(x, p.Any());
        var sizes = x.Shape.Select(size => size is null || p.Chance(0.3) ? 1 : size)
            .Skip(p.Chance(0.3) ? p.Random.Next(x.Shape.Rank + 1) : 0).ToList();
        if (p.Chance(0.15)) sizes.Insert(0, p.One(1, 2, 3));
        for (var i = 0; i < sizes.Count; i++)
        {
            if (sizes[i] == 1 && p.Chance(0.1)) sizes[i] = p.Size();
        }
        var variable = p.Variable([.. sizes]);
        return p.Chance(0.5) ? combine(x, variable) : combine(variable, x);
    }
}
