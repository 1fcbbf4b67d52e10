using SimpleFlow.Tests.Compilation;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Networks;

/// <summary>What layers can do without, and the normalisations and activations beside the usual ones, against their formulas.</summary>
public class LayerOptionTests
{
    private static readonly Placeholder Images = new("images", [2, 4, 3, 3]), Rows = new("rows", [5, 4]), Text = new("text", [2, 4, 6]);

    private static string[] Variables(Node node) => [.. GraphOrder.Of([node]).OfType<Variable>().Select(one => one.Name!)];

    private static PlainFeed Feed(params Placeholder[] fed)
    {
        var feed = new PlainFeed();
        var random = new Random(5);
        foreach (var one in fed)
            feed[one] = new PlainTensor(one.Shape, [.. Enumerable.Range(0, (int)one.Shape.ElementCount)
                .Select(_ => (double)(float)(2 * random.NextDouble() - 1))]);
        return feed;
    }

    [Fact]
    public void A_layer_without_a_bias_has_no_variable_for_it_and_adds_nothing()
    {
        foreach (var (with, without) in new (Node, Node)[]
        {
            (Layers.Dense(Rows, 3, name: "l"), Layers.Dense(Rows, 3, useBias: false, name: "l")),
            (Layers.Conv2D(Images, 3, 2, name: "l"), Layers.Conv2D(Images, 3, 2, useBias: false, name: "l")),
            (Layers.Conv1D(Text, 3, 2, name: "l"), Layers.Conv1D(Text, 3, 2, useBias: false, name: "l")),
            (Layers.ConvTranspose2D(Images, 3, 2, name: "l"), Layers.ConvTranspose2D(Images, 3, 2, useBias: false, name: "l")),
        })
        {
            Assert.Equal(["l/w", "l/b"], Variables(with));
            Assert.Equal(["l/w"], Variables(without));
            // The bias starts from zeros: the same numbers.
            var feed = Feed(Rows, Images, Text);
            Assert.Equal(PlainReading.ValuesOf([with], feed)[with].Elements, PlainReading.ValuesOf([without], feed)[without].Elements);
            Check.Compiled([without], feed);
        }
    }

    [Fact]
    public void A_normalisation_leaves_out_its_scale_or_its_shift()
    {
        Func<bool, bool, Node>[] layers =
        [
            (scale, shift) => Layers.BatchNorm(Images, scale: scale, shift: shift, trackStatistics: false, name: "n"),
            (scale, shift) => Layers.GroupNorm(Images, 2, scale: scale, shift: shift, name: "n"),
            (scale, shift) => Layers.InstanceNorm(Images, scale: scale, shift: shift, name: "n"),
            (scale, shift) => Layers.LayerNorm(Images, lastAxes: 2, scale: scale, shift: shift, name: "n"),
        ];
        foreach (var layer in layers)
        {
            var whole = layer(true, true);
            Assert.Equal(["n/scale", "n/shift"], Variables(whole));
            foreach (var (scale, shift) in new[] { (true, false), (false, true), (false, false) })
            {
                var node = layer(scale, shift);
                string[] expected = [.. scale ? ["n/scale"] : Array.Empty<string>(), .. shift ? ["n/shift"] : Array.Empty<string>()];
                Assert.Equal(expected, Variables(node));
                Assert.Equal("n", node.Name);
                // Scales start from ones, shifts from zeros.
                var feed = Feed(Images);
                Assert.Equal(PlainReading.ValuesOf([whole], feed)[whole].Elements, PlainReading.ValuesOf([node], feed)[node].Elements);
            }
        }
        Assert.Empty(Variables(Layers.RmsNorm(Rows, scale: false)));
    }

    [Fact]
    public void Instances_and_several_axes_are_normalised_by_their_own_mean_and_variance()
    {
        var feed = Feed(Images);
        var x = feed[Images].Elements;
        double[] Normalised(int size) => [.. x.Chunk(size).SelectMany(part =>
        {
            var mean = part.Average();
            var variance = part.Average(one => (one - mean) * (one - mean));
            return part.Select(one => (one - mean) / Math.Sqrt(variance + 1e-5));
        })];
        foreach (var (node, size) in new[] { (Layers.InstanceNorm(Images), 9), (Layers.LayerNorm(Images, lastAxes: 2), 9),
            (Layers.LayerNorm(Images, lastAxes: 3), 36), (Layers.LayerNorm(Images), 3) })
        {
            AssertNear(Normalised(size), PlainReading.ValuesOf([node], feed)[node].Elements);
            Check.Compiled([node], feed);
        }
        Assert.Equal([4, 3, 3], GraphOrder.Of([Layers.LayerNorm(Images, lastAxes: 3)]).OfType<Variable>().First().Shape);
        Assert.Throws<ShapeException>(() => Layers.LayerNorm(Images, lastAxes: 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Layers.LayerNorm(Images, lastAxes: 0));
    }

    [Fact]
    public void Without_statistics_a_batch_normalisation_is_the_same_in_use()
    {
        var x = new Placeholder("x", [null, 3]);
        var (y, usual) = (Layers.BatchNorm(x, trackStatistics: false), Layers.BatchNorm(x));
        float[] batch = [1, 2, 3, -1, 5, 9];
        var feed = new Feed { [x] = batch };
        var predicted = new Model(losses: default, predictions: y).Predict(feed);
        AssertNear([1, -1, -1, -1, 1, 1], Array.ConvertAll(TensorMemory.ToArray(predicted), one => (double)one), 1e-4);
        Assert.Equal(batch[0], new Model(losses: default, predictions: usual).Predict(feed)[0, 0], 1e-4);
        Assert.DoesNotContain("batch norm/mean", Variables(y));
    }

    [Fact]
    public void A_learned_slope_is_for_all_or_for_each_channel()
    {
        var (all, each) = (Layers.PRelu(Images), Layers.PRelu(Images, perChannel: true, slope: 0.5f));
        Assert.Equal([Shape.Scalar, [4, 1, 1]],
            new[] { all, each }.Select(node => GraphOrder.Of([node]).OfType<Variable>().Single().Shape));
        var feed = Feed(Images);
        foreach (var (node, slope) in new[] { (all, 0.25), (each, 0.5) })
        {
            AssertNear([.. feed[Images].Elements.Select(x => x > 0 ? x : slope * x)], PlainReading.ValuesOf([node], feed)[node].Elements);
            Check.Compiled([node, Gradients.Of(node.Sum(), GraphOrder.Of([node]).OfType<Variable>().Single())[0]], feed);
            Check.Gradients([node], [Images], feed);
        }
        Assert.Empty(GraphOrder.Of([Layers.PRelu(Rows, perChannel: true)]).OfType<Variable>().Single().Shape.Skip(1));
    }

    public static TheoryData<string> Activations => [.. All.Keys];

    private static readonly Dictionary<string, (Activation Function, Func<double, double> Formula)> All = new(StringComparer.Ordinal)
    {
        ["gelu by tanh"] = (Activation.GeluTanh, x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))),
        ["selu"] = (Activation.Selu, x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1))),
        ["mish"] = (Activation.Mish, x => x * Math.Tanh(Math.Log(1 + Math.Exp(x)))),
        ["hard swish"] = (Activation.HardSwish, x => x * Math.Clamp(x / 6 + 0.5, 0, 1)),
        ["hard sigmoid"] = (Activation.HardSigmoid, x => Math.Clamp(x / 6 + 0.5, 0, 1)),
        ["log of sigmoid"] = (Activation.LogSigmoid, x => -Math.Log(1 + Math.Exp(-x))),
    };

    [Theory, MemberData(nameof(Activations))]
    public void An_activation_is_its_formula(string name)
    {
        var (function, formula) = All[name];
        var x = new Placeholder("x", [9]);
        var node = function(x);
        var feed = new PlainFeed { [x] = new(x.Shape, [-7.5, -3.25, -1.5, -0.25, 0.125, 0.75, 2, 3.5, 8]) };
        AssertNear([.. feed[x].Elements.Select(formula)], PlainReading.ValuesOf([node], feed)[node].Elements);
        Check.Gradients([node], [x], feed);
        Check.Compiled([node], feed);
    }

    [Fact]
    public void Gated_units_multiply_halves()
    {
        var feed = Feed(Rows);
        var x = feed[Rows].Elements;
        static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));
        double[] Halves(Func<double, double, double> gate) =>
            [.. Enumerable.Range(0, 5).SelectMany(row => new[] { gate(x[4 * row], x[4 * row + 2]), gate(x[4 * row + 1], x[4 * row + 3]) })];
        var (glu, swiGlu) = (Rows.Glu(), Rows.SwiGlu());
        AssertNear(Halves((a, b) => a * Sigmoid(b)), PlainReading.ValuesOf([glu], feed)[glu].Elements);
        AssertNear(Halves((a, b) => a * Sigmoid(a) * b), PlainReading.ValuesOf([swiGlu], feed)[swiGlu].Elements);
        Check.Gradients([glu, swiGlu], [Rows], feed);
        Assert.Equal([2, 4, 3], Text.Glu().Shape);
        Assert.Equal([2, 2, 6], Text.Glu(axis: 1).Shape);
        Assert.Throws<ShapeException>(() => Rows.Glu(axis: 0));
        Assert.Throws<ShapeException>(() => new Placeholder("x", [2, null]).Glu());
    }

    private static void AssertNear(double[] expected, double[] actual, double tolerance = 1e-9)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }
}
