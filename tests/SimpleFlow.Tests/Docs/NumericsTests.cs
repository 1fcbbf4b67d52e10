namespace SimpleFlow.Tests.Docs;

/// <summary>The tables of docs/numerics.md are true: every row is computed by both readings.</summary>
[Trait("Promise", "12")]
public sealed class NumericsTests
{
    private static readonly Dictionary<string, Func<Node, Node>> Functions = new(StringComparer.Ordinal)
    {
        ["Relu"] = x => x.Relu(),
        ["LeakyRelu"] = x => x.LeakyRelu(),
        ["Abs"] = x => x.Abs(),
        ["Sign"] = x => x.Sign(),
        ["Sqrt"] = x => x.Sqrt(),
        ["Log"] = x => x.Log(),
        ["Sigmoid"] = x => x.Sigmoid(),
        ["Softplus"] = x => x.Softplus(),
        ["Tanh"] = x => x.Tanh(),
        ["Erf"] = x => x.Erf(),
        ["Gelu"] = x => x.Gelu(),
        ["Silu"] = x => x.Silu(),
        ["Elu"] = x => x.Elu(),
        ["Clip(-1, 1)"] = x => x.Clip(-1, 1),
        ["x.Maximum(0)"] = x => x.Maximum(0f),
        ["0.Maximum(x)"] = x => ((Node)0f).Maximum(x),
        ["x.Minimum(0)"] = x => x.Minimum(0f),
        ["0.Minimum(x)"] = x => ((Node)0f).Minimum(x),
        ["1 / x"] = x => 1f / x,
        ["0 / x"] = x => 0f / x,
        ["Power(0)"] = x => x.Power(0),
        ["Power(0.5)"] = x => x.Power(0.5f),
        ["Power(1.5)"] = x => x.Power(1.5f),
        ["Power(2)"] = x => x.Power(2),
        ["Power(-1)"] = x => x.Power(-1),
        ["Power(-2)"] = x => x.Power(-2),
        ["Select(x > 0, x, 0)"] = x => Flow.Select(x.Greater(0f), x, 0f),
        ["Select(x > 0, ln x, 0)"] = x => Flow.Select(x.Greater(0f), x.Log(), 0f),
    };

    private static readonly Dictionary<string, Func<Node, Node>> Reductions = new(StringComparer.Ordinal)
    {
        ["Sum"] = x => x.Sum(axis: 1),
        ["Mean"] = x => x.Mean(axis: 1),
        ["Max"] = x => x.Max(axis: 1),
        ["ArgMax"] = x => x.ArgMax(axis: 1),
        ["Softmax"] = x => x.Softmax(),
        ["LogSoftmax"] = x => x.LogSoftmax(),
        ["m + ln Σ e^(x − m)"] = LogSumExp,
        ["LayerNorm"] = x => Layers.LayerNorm(x),
        ["RmsNorm"] = x => Layers.RmsNorm(x),
    };

    [Fact]
    public void Special_points_are_what_the_page_says()
    {
        var rows = Table("function");
        Assert.Equal(Functions.Keys.Order(StringComparer.Ordinal), rows.Select(row => row[0]).Distinct().Order(StringComparer.Ordinal));
        foreach (var row in rows)
        {
            var x = new Placeholder("x", [null]);
            var y = Functions[row[0]](x);
            Compare([y, .. Gradients.Of(y, x)], new Feed { [x] = new[] { Number(row[1]) } }, [[Number(row[2])], [Number(row[3])]],
                string.Join(" | ", row));
        }
    }

    [Fact]
    public void Reductions_are_what_the_page_says()
    {
        var rows = Table("along an axis");
        Assert.Equal(Reductions.Keys.Order(StringComparer.Ordinal), rows.Select(row => row[0]).Distinct().Order(StringComparer.Ordinal));
        foreach (var row in rows)
        {
            var elements = Numbers(row[1]);
            var x = new Placeholder("x", [null, elements.Length]);
            var y = Reductions[row[0]](x);
            var values = new float[1, elements.Length];
            for (var i = 0; i < elements.Length; i++) values[0, i] = elements[i];
            Node[] asked = row[3] == "none" ? [y] : [y, .. Gradients.Of(y, x)];
            float[][] expected = row[3] == "none" ? [Numbers(row[2])] : [Numbers(row[2]), Numbers(row[3])];
            Compare(asked, new Feed { [x] = values }, expected, string.Join(" | ", row));
        }
    }

    private static Node LogSumExp(Node x)
    {
        var m = x.Max(axis: 1, keep: true).StopGradient();
        return (x - m).Exp().Sum(axis: 1, keep: true).Log() + m;
    }

    private static void Compare(Node[] nodes, Feed feed, float[][] expected, string row)
    {
        var plain = PlainReading.Of(nodes, feed);
        var compiled = new Model(losses: default, predictions: nodes, threads: 1).PredictAll(feed);
        for (var i = 0; i < nodes.Length; i++)
        {
            Assert.True(Agree(expected[i], [.. plain[i]]), $"{row}: by the plain reading {string.Join(' ', plain[i])}");
            Assert.True(Agree(expected[i], [.. compiled[i].Select(value => (double)value)]),
                $"{row}: compiled {string.Join(' ', compiled[i])}");
        }
    }

    private static bool Agree(float[] expected, double[] actual) =>
        expected.Length == actual.Length
            && expected.Zip(actual).All(pair => ((double)pair.First).Equals(pair.Second) || Math.Abs(pair.First - pair.Second) < 1e-4);

    /// <summary>The rows of the tables whose first column has this heading.</summary>
    private static List<string[]> Table(string heading)
    {
        var rows = Pages.Lines("docs/numerics.md").SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries).Select(cell => cell.Trim('`')).ToArray()).ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    private static float[] Numbers(string cell) => cell == "nothing" ? [] : [.. cell.Split(", ").Select(Number)];

    private static float Number(string text) => text switch
    {
        "NaN" => float.NaN,
        "∞" => float.PositiveInfinity,
        "−∞" => float.NegativeInfinity,
        _ => float.Parse(text.Replace('−', '-')),
    };
}
