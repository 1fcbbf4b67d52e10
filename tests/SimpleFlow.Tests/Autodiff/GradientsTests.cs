using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Autodiff;

/// <summary>The sweep itself: sums over paths, what is skipped, and what the seed of this project asks for.</summary>
[Trait("Promise", "1")]
[Trait("Promise", "2")]
public class GradientsTests
{
    [Fact]
    public void The_seeds_example_is_40_and_has_the_gradients_it_must_have()
    {
        // Σ (A·B + C) with A = [[3, 0], [0, 3]], B = [[2, 3], [3, 2]], C = [[3, 4], [1, 2]]: [[6, 9], [9, 6]] + C = [[9, 13], [10, 8]].
        var (a, b, c) = (new Placeholder("a", [2, 2]), new Placeholder("b", [2, 2]), new Placeholder("c", [2, 2]));
        var sum = (a.MatMul(b) + c).Sum();
        var gradients = Gradients.Of(sum, a, b, c);
        var feed = new PlainFeed { [a] = Matrix(3, 0, 0, 3), [b] = Matrix(2, 3, 3, 2), [c] = Matrix(3, 4, 1, 2) };
        double[][] expected =
            [
            [40],
            [5, 5, 5, 5],              // ∂/∂A = ones·Bᵀ: the sums of B's rows
            [3, 3, 3, 3],              // ∂/∂B = Aᵀ·ones: the sums of A's columns
            [1, 1, 1, 1],
        ];
        Node[] outputs = [sum, .. gradients];
        var plain = PlainReading.ValuesOf(outputs, feed);
        Assert.Equal(expected, outputs.Select(output => plain[output].Elements));
        Assert.Equal(expected, Check.Run(outputs, feed).Select(value => value.Elements));
        Check.Gradients([a.MatMul(b) + c], [a, b, c], feed);
    }

    [Fact]
    public void Paths_are_summed()
    {
        // y = x·x + x·exp(x) + x: x is reached four times.
        var x = new Placeholder("x", []);
        var y = x * x + x * x.Exp() + x;
        Assert.Equal(2 * 0.5 + Math.Exp(0.5) * 1.5 + 1, At(x, 0.5, Gradients.Of(y, x)[0]), 1e-12);
    }

    [Fact]
    public void Derivatives_of_any_order_are_nodes_again()
    {
        // f = x⁴: 4x³, 12x², 24x, 24, 0.
        var x = new Placeholder("x", []);
        Node derivative = x.Power(4);
        foreach (var expected in new double[] { 4 * 8, 12 * 4, 24 * 2, 24, 0 })
        {
            derivative = Gradients.Of(derivative, x)[0];
            Assert.Equal(expected, At(x, 2, derivative), 1e-12);
        }
    }

    [Fact]
    public void A_third_derivative_through_tanh()
    {
        var x = new Placeholder("x", []);
        var third = Gradients.Of(Gradients.Of(Gradients.Of(x.Tanh(), x)[0], x)[0], x)[0];
        var t = Math.Tanh(0.3);
        Assert.Equal(-2 * (1 - t * t) * (1 - 3 * t * t), At(x, 0.3, third), 1e-12);
    }

    [Fact]
    public void A_loss_of_several_elements_counts_as_their_sum()
    {
        var x = new Placeholder("x", [3]);
        var feed = new PlainFeed { [x] = new PlainTensor(Shape.Of(3), [1, 2, 3]) };
        var gradients = new[] { Gradients.Of(x * x, x)[0], Gradients.Of((x * x).Sum(), x)[0] };
        var read = PlainReading.ValuesOf(gradients, feed);
        Assert.All(gradients, gradient => Assert.Equal([2, 4, 6], read[gradient].Elements));
    }

    [Fact]
    public void What_the_loss_does_not_depend_on_has_the_gradient_zero()
    {
        var (x, y) = (new Placeholder("x", [2]), new Placeholder("y", [null, 3]));
        var gradient = Gradients.Of(x.Sum(), y)[0];
        Assert.Equal(y.Shape, gradient.Shape);
        var feed = new PlainFeed { [y] = new PlainTensor(Shape.Of(2, 3)) };
        Assert.Equal(new double[6], PlainReading.ValuesOf([gradient], feed)[gradient].Elements);
    }

    [Fact]
    public void One_may_differentiate_by_any_node()
    {
        var x = new Placeholder("x", [2]);
        var squares = x * x;
        var loss = (squares * squares).Sum();
        var gradients = Gradients.Of(loss, loss, squares, x);
        var feed = new PlainFeed { [x] = new PlainTensor(Shape.Of(2), [1, 3]) };
        var read = PlainReading.ValuesOf(gradients, feed);
        Assert.Equal([[1], [2, 18], [4, 108]], gradients.Select(gradient => read[gradient].Elements));
    }

    [Fact]
    public void What_only_lends_its_shape_gets_nothing()
    {
        var x = new Placeholder("x", [2]);
        var loss = (x.Exp().RandomMask(1) * 3f).Sum();
        Assert.Equal([0, 0],
            PlainReading.ValuesOf(Gradients.Of(loss, x),
                new PlainFeed { [x] = new PlainTensor(Shape.Of(2), [1, 2]) }).Values.Last().Elements);
    }

    [Fact]
    public void Long_chains_need_no_recursion()
    {
        Node y = new Variable("x", [], Initializer.Constant(1f));
        var x = y;
        for (var i = 0; i < 20_000; i++) y = y * 1.0001f;
        Assert.Equal(Math.Pow(1.0001f, 20_000), PlainReading.Of(Gradients.Of(y, x), [])[0][0], 1e-6);
    }

    [Fact]
    public void Dense_networks_in_two_layers_with_cross_entropy()
    {
        var x = new Placeholder("x", [null, 3]);
        var classes = new Placeholder("classes", [null], ElementType.Int32);
        var (w1, b1, w2, b2) = (new Placeholder("w1", [3, 4]), new Placeholder("b1", [4]), new Placeholder("w2", [4, 2]),
            new Placeholder("b2", [2]));
        var loss = Losses.SoftmaxCrossEntropy((x.MatMul(w1) + b1).Tanh().MatMul(w2) + b2, classes);
        var random = new Random(3);
        PlainTensor Some(params int[] sizes) =>
            new(Shape.Of(sizes),
                [.. Enumerable.Range(0, sizes.Aggregate((a, b) => a * b)).Select(_ => (double)(random.NextSingle() - 0.5f))]);
        var feed = new PlainFeed
        {
            [x] = Some(5, 3),
            [classes] = new PlainTensor(Shape.Of(5), [0, 1, 1, 0, 1]),
            [w1] = Some(3, 4),
            [b1] = Some(4),
            [w2] = Some(4, 2),
            [b2] = Some(2)
        };
        Check.Gradients([loss], [x, w1, b1, w2, b2], feed);
        Check.Compiled([loss, .. Gradients.Of(loss, w1, b1, w2, b2)], feed);
    }

    private static PlainTensor Matrix(params double[] elements) => new(Shape.Of(2, 2), elements);

    private static double At(Placeholder x, double value, Node node) =>
        PlainReading.ValuesOf([node], new PlainFeed { [x] = new PlainTensor(Shape.Scalar, [value]) })[node].Elements[0];
}
