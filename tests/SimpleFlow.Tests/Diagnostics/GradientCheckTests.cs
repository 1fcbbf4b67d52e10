using static SimpleFlow.Flow;

namespace SimpleFlow.Tests.Diagnostics;

public class GradientCheckTests
{
    private const int Depth = 8;

    private static readonly float[,] Rows = { { 0.3f, -0.8f, 0.5f }, { -0.2f, 0.9f, 0.4f } };

    /// <summary>A deep network with one op in the middle of it.</summary>
    private static (Node Loss, Feed Feed, Node Middle) Deep(Func<Node, Node> middle)
    {
        var x = new Placeholder("x", [null, 3]);
        Node layer = x, strange = x;
        for (var i = 1; i <= Depth; i++)
        {
            layer = (layer.MatMul(new Variable($"w_{i}", [3, 3], Initializer.Glorot()))
                + new Variable($"b_{i}", [3], Initializer.Constant(0.1f))).Tanh($"l_{i}");
            if (i == Depth / 2) layer = strange = middle(layer);
        }
        return (layer.Power(2).Mean(name: "loss"), new Feed { [x] = Rows }, strange);
    }

    public static TheoryData<string> WrongNames => [nameof(SignError), nameof(LostFactor), nameof(LostGradient), nameof(LostTransposition)];

    [Theory, MemberData(nameof(WrongNames))]
    public void A_wrong_rule_in_the_middle_of_a_deep_network_is_named_and_nothing_else(string wrong)
    {
        var square = new Variable("square", [3, 3], Initializer.Glorot());
        var (loss, feed, middle) = Deep(layer => AddFlow(layer, wrong switch
        {
            nameof(SignError) => new SignError(),
            nameof(LostFactor) => new LostFactor(),
            nameof(LostGradient) => new LostGradient(),
            _ => new LostTransposition(square),
        }, "strange"));
        var result = GradientCheck.Of(loss, feed);
        Assert.False(result.IsRight);
        var culprit = Assert.Single(result.WrongRules);
        Assert.Same(middle, culprit.Node);
        Assert.Equal(0, culprit.Input);
        // What is computed before it is wrong because of it; what comes after it is right.
        foreach (var variable in result.Variables)
            Assert.Equal(variable.Node.Name is not ("w_1" or "w_2" or "w_3" or "w_4" or "b_1" or "b_2" or "b_3" or "b_4"), variable.Agrees);
        var text = result.ToText().Replace('\n', ' ');
        Assert.Contains("WRONG", text, StringComparison.Ordinal);
        Assert.Contains($"The gradient rule of {wrong} in `strange`, made at GradientCheckTests.cs:", text, StringComparison.Ordinal);
        Assert.Contains($"input 0, `l_{Depth / 2}`: at [", text, StringComparison.Ordinal);
        Assert.Contains("Wrong because of that: `w_1`", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_cannot_be_computed_is_named_with_the_reason()
    {
        var x = new Placeholder("x", [null, 3]);
        var narrow = new Variable("narrow", [3, 2]);
        var wide = new Variable("wide", [3, 3]);
        var product = AddFlow(x.MatMul(wide), new LostTransposition(narrow), "product");
        var result = GradientCheck.Of(product.Power(2).Sum(), new Feed { [x] = Rows });
        var culprit = Assert.Single(result.WrongRules);
        Assert.Same(product, culprit.Node);
        Assert.Contains("inner sizes differ", culprit.Problem, StringComparison.Ordinal);
        Assert.Contains("The gradient rule of LostTransposition in `product`", result.ToText(), StringComparison.Ordinal);
    }

    /// <summary>The squared distance of what a shared network makes of two inputs, which are the same: loss and gradients are
    /// exactly 0.</summary>
    private static (Node Loss, Feed Feed) Siamese(float scale, Func<Node, Node, Node> distance, Func<Node, Node>? middle = null)
    {
        var (a, b) = (new Placeholder("a", [null, 3]), new Placeholder("b", [null, 3]));
        var (w, bias) = (new Variable("w", [3, 4], Initializer.Glorot()), new Variable("bias", [4], Initializer.Constant(0f)));
        Node Tower(Node x) => (middle is null ? x.MatMul(w) : middle(x.MatMul(w)) + bias).Tanh() * scale + bias;
        return (distance(Tower(a), Tower(b)), new Feed { [a] = Rows, [b] = Rows });
    }

    public static TheoryData<string, float> Distances => [.. new[] { "square", "product", "own op", "root of 1 +" }
        .SelectMany(name => new[] { 1e-4f, 1f, 1e4f }.Select(scale => (name, scale)))];

    private static Node Distance(string name, Node left, Node right) => name switch
    {
        "square" => (left - right).Power(2).Sum(),
        "product" => ((left - right) * (left - right)).Mean(),
        "own op" => AddFlow(left, new SquaredDifference(right)).Sum(),
        _ => (1f + (left - right).Power(2).Sum()).Sqrt(),
    };

    [Theory, MemberData(nameof(Distances))]
    public void At_the_bottom_of_a_square_rounding_is_no_wrong_rule(string distance, float scale)
    {
        var (loss, feed) = Siamese(scale, (left, right) => Distance(distance, left, right));
        var result = GradientCheck.Of(loss, feed, new GradientCheckOptions { All = true });
        Assert.True(result.IsRight, result.ToText());
    }

    [Theory, MemberData(nameof(Distances))]
    public void At_the_bottom_of_a_square_a_wrong_rule_is_still_one(string distance, float scale)
    {
        var (loss, feed) = Siamese(scale, (left, right) => Distance(distance, left, right), x => AddFlow(x, new LostFactor()));
        Assert.Equal(2, GradientCheck.Of(loss, feed).WrongRules.Count);
        // Beside the bottom even the smallest gradient counts.
        var (beside, same) = Siamese(scale,
            (left, right) => AddFlow(left - right + 1e-3f * scale, new LostFactor()).Sum());
        Assert.False(GradientCheck.Of(beside, same).IsRight);
    }

    [Fact]
    public void A_right_network_is_right_at_every_node()
    {
        var (loss, feed, _) = Deep(layer => layer.Sigmoid());
        var result = GradientCheck.Of(loss, feed);
        Assert.True(result.IsRight, result.ToText());
        Assert.Empty(result.WrongRules);
        Assert.Equal(2 * Depth, result.Variables.Count());
        Assert.All(result.Nodes, check =>
        {
            Assert.Equal(check.Shape.ElementCount, check.Elements.Count);
            Assert.True(check.LargestRelative < 1e-7, check.Node.Label);
            var expected = PlainReading.ValuesOf([Gradients.Of(loss, check.Node)[0]], PlainReading.Fed(feed)).Last().Value;
            Assert.Equal(expected.Elements, check.Elements.Select(element => element.Analytic));
        });
    }

    [Fact]
    public void A_graph_with_shared_nodes_broadcasting_softmax_slicing_randomness_and_two_losses_is_right() =>
        Assert.True(Complicated.Check().IsRight, Complicated.Check().ToText());

    [Fact]
    public void Where_there_is_no_derivative_nothing_is_compared()
    {
        var w = new Variable("w", [5], Initializer.Constant(0, 1, 1, 1, -2));
        AssertKinks(0, w.Power(2).Sum());
        AssertKinks(1, w.Relu().Sum());                                     // the corner at 0
        // three largest, with a third of the gradient each: one moved alone is the largest, or no longer
        AssertKinks(3, w.Max());
        AssertKinks(3, (w * w.Greater(1f).Cast()).Sum());                   // three at the edge of a jump
        AssertKinks(1, w.Abs().Sqrt().Sum() - w.Sign().Sum()); // a cusp, and a jump at the same place

        static void AssertKinks(int kinks, Node loss)
        {
            var result = GradientCheck.Of(loss, []);
            Assert.True(result.IsRight, result.ToText());
            Assert.Equal(kinks, result.Variables.Single().Kinks);
        }
    }

    [Fact]
    public void A_corner_does_not_hide_a_wrong_rule_beside_it()
    {
        var w = new Variable("w", [3], Initializer.Constant(0, 0.5f, -0.5f));
        var result = GradientCheck.Of(AddFlow(w.Relu(), new LostFactor(), "square").Sum(), []);
        Assert.Equal("square", Assert.Single(result.WrongRules).Node.Name);
        Assert.False(result.Variables.Single().Agrees);
    }

    [Fact]
    public void What_is_kept_back_on_purpose_is_right_and_what_is_random_stands_still()
    {
        var w = new Variable("w", [5]);
        Assert.True(GradientCheck.Of((w * w.StopGradient() + w.RandomMask(0.5f) * w * w.RandomNormal()).Sum(), []).IsRight);
    }

    [Fact]
    public void Tiny_numbers_count_as_large_ones_do()
    {
        // After ten sigmoids of 0.01 the gradients are about 10⁻³⁰: a share of themselves is what counts.
        var w = new Variable("w", [3], Initializer.Constant(0.3f, -0.4f, 0.5f));
        Node vanishing = AddFlow(w, new LostFactor(), "wrong") * 1e-10f * 1e-10f;
        Assert.Equal("wrong", Assert.Single(GradientCheck.Of((vanishing * 1e-10f).Sum(), []).WrongRules).Node.Name);
        Assert.False(GradientCheck.Of((vanishing * 1e-10f).Sum(), []).Variables.Single().Agrees);
        Assert.True(GradientCheck.Of((w.Power(2) * 1e-10f * 1e-10f * 1e-10f).Sum(), []).IsRight);
    }

    [Fact]
    public void Of_many_elements_a_sample_is_compared_always_the_same_or_all()
    {
        var w = new Variable("w", [30, 40]);
        var loss = w.Tanh().Sum();
        int[] Places(GradientCheckOptions options) =>
            [.. GradientCheck.Of(loss, [], options).Variables.Single().Elements.Select(element =>
                element.Index[0] * 40 + element.Index[1])];
        var sample = Places(new());
        Assert.Equal(16, sample.Distinct().Count());
        Assert.Equal((0, 1199), (sample[0], sample[^1]));
        Assert.Equal(sample, Places(new()));
        Assert.Equal(Enumerable.Range(0, 1200), Places(new() { All = true }));
    }

    [Fact]
    public void Nothing_is_changed()
    {
        var (loss, feed, _) = Deep(layer => layer);
        var variables = GraphOrder.Of([loss]).OfType<Variable>().ToList();
        var before = variables.ConvertAll(variable => variable.Values.ToArray());
        GradientCheck.Of(loss, feed);
        Assert.Equal(before, variables.ConvertAll(variable => variable.Values.ToArray()));
    }

    [Fact]
    public void What_cannot_be_checked_is_refused_with_a_reason()
    {
        var x = new Placeholder("x", [null, 3]);
        var w = new Variable("w", [3]);
        var feed = new Feed { [x] = Rows };
        Assert.Contains("`x` [?, 3] was not fed", Assert.Throws<GraphException>(() => GradientCheck.Of((x * w).Sum(), [])).Message,
            StringComparison.Ordinal);
        Assert.Contains("`x` has the shape [?, 3], but was fed [2, 2]",
            Assert.Throws<GraphException>(() => GradientCheck.Of((x * w).Sum(), new Feed { [x] = new float[2, 2] })).Message,
            StringComparison.Ordinal);
        Assert.Contains("depends on no trainable variable", Assert.Throws<GraphException>(() => GradientCheck.Of(x.Sum(), feed)).Message,
            StringComparison.Ordinal);
        Assert.Contains("a loss must be Float32", Assert.Throws<GraphException>(() => GradientCheck.Of((x * w).ArgMax(), feed)).Message,
            StringComparison.Ordinal);
        Assert.Contains("The loss `loss` is NaN",
            Assert.Throws<GraphException>(() => GradientCheck.Of((x * w - 10f).Log().Sum(name: "loss"), feed)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GradientCheck.Of([], feed));
        Assert.Throws<ArgumentNullException>(() => GradientCheck.Of((Node)null!, feed));
        Assert.Throws<ArgumentNullException>(() => GradientCheck.Of(w.Sum(), null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradientCheckOptions { Tolerance = 0 });
        Assert.Throws<OperationCanceledException>(() =>
            GradientCheck.Of((x * w).Sum(), feed, cancellation: new CancellationToken(canceled: true)));
    }

    private sealed record SquaredDifference(Node Right) : Binary(Right)
    {
        protected internal override double Plain(double left, double right) => (left - right) * (left - right);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            upstream * (input == 0 ? 2f : -2f) * (node.Inputs[0] - node.Inputs[1]);
    }
}
