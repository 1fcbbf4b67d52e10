using SimpleFlow.Tests.Compilation;
using PlainFeed = System.Collections.Generic.Dictionary<SimpleFlow.Placeholder, SimpleFlow.PlainTensor>;

namespace SimpleFlow.Tests.Ops;

/// <summary>A score of −∞ rules out what it belongs to, in losses and in attention, for rows of every kind of width.</summary>
[Trait("Promise", "12")]
public class MaskedLogitTests
{
    private const double Infinity = double.PositiveInfinity, NaN = double.NaN;

    // Narrow, middling and wide rows, with and without a rest after whole vectors.
    private static readonly int[] Widths = [2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 127, 128, 129, 300];

    [Fact]
    public void A_masked_class_adds_nothing_to_the_loss_and_gets_no_gradient()
    {
        foreach (var width in Widths.Where(width => width > 2))
        {
            for (var masked = 0; masked < width; masked += Math.Max(1, width / 5))
            {
                // All others are equal: the loss is the logarithm of their number.
                var target = (masked + 1) % width;
                double[] logits = [.. Enumerable.Range(0, width).Select(i => i == masked ? -Infinity : 3)];
                var rest = width - 1.0;
                double[] slopes = [.. Enumerable.Range(0, width).Select(i => i == masked ? 0 : 1 / rest - (i == target ? 1 : 0))];
                Expect(width, logits, target, Math.Log(rest), slopes);
            }
        }
        Expect(3, [0, 0, -Infinity], 0, 0.69314718055994531, [-0.5, 0.5, 0]);
    }

    [Fact]
    public void Where_all_but_the_target_are_masked_the_loss_is_0()
    {
        foreach (var width in Widths)
            Expect(width, [.. Enumerable.Range(0, width).Select(i => i == width - 1 ? -4 : -Infinity)], width - 1, 0, new double[width]);
    }

    [Fact]
    public void A_masked_target_costs_infinity()
    {
        foreach (var width in Widths)
        {
            double[] logits = [.. Enumerable.Range(0, width).Select(i => i == 1 ? -Infinity : 0)];
            Expect(width, logits, 1, Infinity, [.. Enumerable.Range(0, width).Select(i => i == 1 ? -1 : 1 / (width - 1.0))]);
        }
    }

    [Fact]
    public void A_row_of_nothing_but_masked_classes_is_not_a_number()
    {
        foreach (var width in Widths) Expect(width, [.. Enumerable.Repeat(-Infinity, width)], 0, NaN, [.. Enumerable.Repeat(NaN, width)]);
    }

    [Fact]
    public void A_row_that_is_ignored_counts_nothing_whatever_its_logits_are()
    {
        foreach (var width in Widths)
        {
            foreach (var broken in (double[])[-Infinity, Infinity, NaN])
            {
                var x = new Placeholder("x", [2, width]);
                double[] rows = [.. Enumerable.Repeat(1.0, width), .. Enumerable.Repeat(broken, width)];
                var loss = Losses.SoftmaxCrossEntropy(x, new Constant([0, -100], Shape.Of(2), ElementType.Int32), ignoreIndex: -100);
                double[] slopes = [.. Enumerable.Range(0, width).Select(i => 1.0 / width - (i == 0 ? 1 : 0)), .. new double[width]];
                Expect([loss, .. Gradients.Of(loss, x)], x, rows, [[Math.Log(width)], slopes]);
            }
        }
    }

    [Fact]
    public void Probabilities_and_their_logarithms_know_masked_classes()
    {
        foreach (var width in Widths)
        {
            var x = new Placeholder("x", [width]);
            double[] logits = [.. Enumerable.Range(0, width).Select(i => i % 2 == 0 ? 0 : -Infinity)];
            var open = (width + 1) / 2;
            double[] shares = [.. logits.Select(logit => logit == 0 ? 1.0 / open : 0)];
            double[] logarithms = [.. logits.Select(logit => logit == 0 ? -Math.Log(open) : -Infinity)];
            var first = new Constant([1, .. new double[width - 1]], x.Shape, ElementType.Float32);
            double[] slopes = [.. shares.Select((share, i) => shares[0] * ((i == 0 ? 1 : 0) - share))];
            double[] logarithmSlopes = [.. shares.Select((share, i) => (i == 0 ? 1 : 0) - share)];
            Expect(
                [x.Softmax(), x.LogSoftmax(), Gradients.Of((x.Softmax() * first).Sum(), x)[0],
                    Gradients.Of(x.LogSoftmax().Slice(0, 0, 1).Sum(), x)[0]],
                x, logits, [shares, logarithms, slopes, logarithmSlopes]);
        }
    }

    [Fact]
    public void Attention_masked_with_minus_infinity_sees_only_what_is_left()
    {
        var (q, k, v) = (new Placeholder("q", [2, 5]), new Variable("k", [9, 5], Initializer.Normal(1)),
            new Variable("v", [9, 4], Initializer.Normal(1)));
        double[] mask = [.. Enumerable.Range(0, 18).Select(i => i % 9 < 4 ? 0 : -Infinity)];
        Node Attended(Node keys, Node values, Node? hidden)
        {
            var scores = q.MatMul(keys, transposeRight: true);
            return (hidden is null ? scores : scores + hidden).Softmax().MatMul(values);
        }
        var masked = Attended(k, v, new Constant(mask, [2, 9], ElementType.Float32));
        var cut = Attended(k.Slice(0, 0, 4), v.Slice(0, 0, 4), null);
        Node[] Asked(Node attended) => [attended, .. Gradients.Of(attended.Power(2).Sum(), q, k, v)];
        double[] elements = [.. Enumerable.Range(0, 10).Select(i => (float)Math.Sin(i))];
        var reading = new Reading([.. Asked(masked), .. Asked(cut)], new PlainFeed { [q] = new(q.Shape, elements) }, default);
        var plain = reading.Plain();
        var compiled = reading.Compiled();
        for (var i = 0; i < 4; i++)
        {
            foreach (var read in (double[][])[plain[reading.Outputs[i]].Elements, compiled[i], compiled[4 + i]])
                AssertNear(plain[reading.Outputs[4 + i]].Elements, read);
        }
    }

    [Fact]
    public void Logits_further_apart_than_float32_reaches_leave_a_certain_answer()
    {
        // 3 · 10³⁸ beside −3 · 10³⁸: their difference is ∞ in float32.
        const float Far = 3e38f;
        foreach (var width in Widths)
        {
            var x = new Placeholder("x", [1, width]);
            double[] logits = [Far, .. Enumerable.Repeat((double)-Far, width - 1)], first = [1, .. new double[width - 1]];
            var (right, wrong) = (new Constant([0], Shape.Of(1), ElementType.Int32), new Constant([1], Shape.Of(1), ElementType.Int32));
            foreach (var loss in (Func<Constant, Node>[])[target => Losses.SoftmaxCrossEntropy(x, target),
                target => Losses.NegativeLogLikelihood(x.LogSoftmax(), target), target => Losses.CrossEntropy(x.Softmax(), target)])
            {
                var (node, missed) = (loss(right), loss(wrong));
                var compiled = new Reading([node, Gradients.Of(node, x)[0], missed, Gradients.Of(missed, x)[0]],
                    new PlainFeed { [x] = new(x.Shape, logits) }, default).Compiled();
                AssertNear([0], compiled[0]);
                AssertNear(new double[width], compiled[1]);
                Assert.True(compiled[2][0] > 18);
                Assert.All(compiled[3], slope => Assert.True(double.IsFinite(slope)));
            }
            Node[] along = [x.Softmax(), Gradients.Of(x.Softmax().Power(2).Sum(), x)[0], Gradients.Of(x.LogSoftmax().Slice(1, 0, 1), x)[0]];
            var ways = new Reading(along,
                new PlainFeed { [x] = new(x.Shape, logits) }, default).Compiled();
            AssertNear(first, ways[0]);
            AssertNear(new double[width], ways[1]);
            AssertNear(new double[width], ways[2]);
        }
        var z = new Placeholder("z", [4]);
        float[] targets = [1, 0, 0.5f, 0];
        var binary = Flow.AddFlow(z, new LogisticCrossEntropy(new Constant("t", targets)));
        var read = new Reading([binary, Gradients.Of(binary, z)[0]], new PlainFeed { [z] = new(z.Shape, [Far, -Far, Far, Far]) }, default);
        foreach (var values in (double[][])[read.Plain()[binary].Elements, read.Compiled()[0]]) AssertNear([0, 0, Far / 2, Far], values);
        AssertNear([0, 0, 0.5, 1], read.Compiled()[1]);
    }

    private static void Expect(int width, double[] logits, int target, double loss, double[] slopes)
    {
        var x = new Placeholder("x", [1, width]);
        var node = Losses.SoftmaxCrossEntropy(x, new Constant([target], Shape.Of(1), ElementType.Int32));
        Expect([node, .. Gradients.Of(node, x)], x, logits, [[loss], slopes]);
    }

    private static void Expect(Node[] nodes, Placeholder x, double[] elements, double[][] expected)
    {
        var reading = new Reading(nodes, new PlainFeed { [x] = new(x.Shape, elements) }, default);
        var plain = reading.Plain();
        var compiled = reading.Compiled();
        for (var i = 0; i < nodes.Length; i++)
        {
            AssertNear(expected[i], plain[nodes[i]].Elements);
            AssertNear(expected[i], compiled[i]);
        }
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) < 2e-6 * Math.Max(1, Math.Abs(expected[i])),
                $"element {i}: {actual[i]}, not {expected[i]}");
    }
}
