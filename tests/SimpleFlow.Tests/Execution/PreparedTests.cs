using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Tests.Execution;

public class PreparedTests
{
    private readonly Placeholder _x = new("x", [null, 2, 6, 8]);

    private static Plan PlanOf(Node output, Placeholder x, params long[] sizes)
    {
        var options = new CompilerOptions { Inference = true, Threads = 1 };
        var (outputs, _) = Prepared.Of([output], options);
        return Compiler.Compile(outputs, new Dictionary<Placeholder, Shape> { [x] = Shape.OfLongs(sizes) }, options);
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    /// <summary>Gives every variable other elements than its first, so that no scale is 1 and no shift 0.</summary>
    private static void Scatter(Node output)
    {
        foreach (var variable in GraphOrder.Of([output]).OfType<Variable>())
            variable.Set([.. Numbers((int)variable.Shape.ElementCount, 3).Select(value => value + 1.2f)]);
    }

    private static void PredictsAsItReads(Node output, Placeholder x, int rows)
    {
        Scatter(output);
        var shape = Shape.Create([rows, .. x.Shape.Skip(1)]);
        var feed = new Feed { [x] = TensorMemory.Create(Numbers((int)shape.ElementCount, 5), shape) };
        double[] expected = [.. PlainReading.Of(ForInference.Of([output]), feed)[0]];
        var predicted = TensorMemory.ToArray(new Model(default, output).Predict(feed));
        Assert.Equal(expected.Length, predicted.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], predicted[i], 1e-5 * (1 + Math.Abs(expected[i])));
    }

    [Fact]
    public void A_batch_normalisation_after_a_convolution_is_one_step_with_it()
    {
        var y = Layers.BatchNorm(_x.Conv2D(new Variable("w", [5, 2, 3, 3]), padding: 1), name: "norm").Relu();
        var step = Assert.Single(PlanOf(y, _x, 2, 2, 6, 8).Steps);
        Assert.Equal("Conv2D → Add → Relu", string.Join(" → ", step.Nodes.Select(node => node.Op.Name)));
        PredictsAsItReads(y, _x, 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Filters_that_fill_panels_are_brought_into_panels_once(int panels)
    {
        Assert.SkipWhen(VectorWidths.Best == VectorWidth.Scalar, "Panels need vectors.");
        var filters = panels * TileShape.Best.Width;
        var y = Layers.BatchNorm(_x.Conv2D(new Variable("w", [filters, 2, 6, 6]), padding: 1), name: "norm").Relu();
        var step = Assert.Single(PlanOf(y, _x, 2, 2, 6, 8).Steps);
        Assert.Equal("PackedConv2D → Add → Relu", string.Join(" → ", step.Nodes.Select(node => node.Op.Name)));
        PredictsAsItReads(y, _x, 2);
        // Whole blocks of images side by side, and one image, with the same bits.
        var many = TensorMemory.Create(Numbers(40 * 96, 5), Shape.Of(40, 2, 6, 8));
        var last = TensorMemory.Create(TensorMemory.ToArray(many)[^96..], Shape.Of(1, 2, 6, 8));
        var model = new Model(default, y);
        float[] together = [.. model.Predict(new Feed { [_x] = many })], alone = [.. model.Predict(new Feed { [_x] = last })];
        Assert.Equal(alone, together[^alone.Length..]);
    }

    [Theory]
    [InlineData(1, 6, 1, 1)]        // a filter more than fills a panel
    [InlineData(0, 5, 1, 1)]        // too few elements under the window
    [InlineData(0, 6, 2, 1)]        // groups
    [InlineData(0, 6, 1, 2)]        // gaps
    public void Other_filters_stay_as_they_are(int more, int window, int groups, int dilation)
    {
        var filters = 2 * TileShape.Best.Width + more;
        var y = _x.Conv2D(new Variable("w", [filters, 2 / groups, 6, window]), padding: 3, dilation: dilation, groups: groups);
        Assert.StartsWith("Conv2D", Assert.Single(PlanOf(y, _x, 2, 2, 6, 8).Steps).Title, StringComparison.Ordinal);
        PredictsAsItReads(y, _x, 2);
    }

    [Fact]
    public void A_batch_normalisation_after_a_dense_layer_is_one_step_with_it()
    {
        var x = new Placeholder("x", [null, 7]);
        var y = Layers.BatchNorm(Layers.Dense(x, 8, name: "hidden"), name: "norm").Relu();
        var step = Assert.Single(PlanOf(y, x, 3, 7).Steps);
        Assert.Equal("MatMul → Add → Relu", string.Join(" → ", step.Nodes.Select(node => node.Op.Name)));
        PredictsAsItReads(y, x, 3);
    }

    [Fact]
    public void Factors_of_any_kind_go_into_the_weights()
    {
        var w = new Variable("w", [4, 2, 1, 1]);
        var s = new Variable("s", [4, 1, 1]);
        PredictsAsItReads(3f * (_x.Conv2D(w) / s - 2f) + s, _x, 2);
        var x = new Placeholder("x", [null, 5, 7]);
        PredictsAsItReads(x.MatMul(new Variable("v", [6, 7]), false, true) * new Variable("t", [6]) / 2f, x, 3);
    }

    [Fact]
    public void A_convolution_that_somebody_else_reads_keeps_its_weights()
    {
        var convolved = _x.Conv2D(new Variable("w", [5, 2, 3, 3]));
        var y = Layers.BatchNorm(convolved, name: "norm").Mean() + convolved.Mean();
        PredictsAsItReads(y, _x, 1);
    }

    [Fact]
    public void A_factor_of_each_place_is_none_of_each_channel()
    {
        PredictsAsItReads(_x.Conv2D(new Variable("w", [5, 2, 1, 1])) * new Variable("mask", [1, 1, 6, 8]), _x, 2);
        var x = new Placeholder("x", [null, 3, 7]);
        PredictsAsItReads(x.MatMul(new Variable("w", [7, 3])) * new Variable("rows", [3, 1]), x, 2);
    }

    [Fact]
    public void What_depends_on_variables_alone_is_computed_once()
    {
        var (a, b) = (new Variable("a", [8, 8]), new Variable("b", [8, 8]));
        var x = new Placeholder("x", [null, 8]);
        var y = x.MatMul(a.MatMul(b).Tanh());
        Assert.Equal("MatMul", Assert.Single(PlanOf(y, x, 3, 8).Steps).Title);
        PredictsAsItReads(y, x, 3);
    }

    [Fact]
    public void A_changed_variable_changes_the_next_prediction()
    {
        var x = new Placeholder("x", [null, 2]);
        var target = new Placeholder("target", [null, 1]);
        var w = new Variable("w", [2, 1], Initializer.Ones());
        var y = x.MatMul(w.Exp());
        var model = new Model((y - target).Power(2).Mean(), y, new GradientDescent(0.1f));
        var feed = new Feed { [x] = new float[,] { { 1, 1 } }, [target] = new float[,] { { 0 } } };
        using var kept = model.Predictor();
        using var following = model.Predictor(follow: true);
        var first = model.PredictScalar(feed);
        Assert.Equal(2 * MathF.E, first, 1e-5f);
        w.Set([0, 0]);
        Assert.Equal(2, model.PredictScalar(feed), 1e-6f);
        Assert.Equal(2, following.Predict(feed)[0, 0], 1e-6f);
        Assert.Equal(first, kept.Predict(feed)[0, 0], 1e-6f);
        model.Step(feed);
        var stepped = 2 * MathF.Exp(w.Values[0, 0]);
        Assert.NotEqual(2, stepped);
        Assert.Equal(stepped, model.PredictScalar(feed), 1e-6f);
        Assert.Equal(stepped, following.Predict(feed)[0, 0], 1e-6f);
        ((IReadOnlyList<Variable>)[w]).SetVector([1, 1]);
        Assert.Equal(first, model.PredictScalar(feed), 1e-6f);
    }

    [Fact]
    public async Task Threads_that_predict_while_another_changes_the_weights_see_one_state_each()
    {
        var x = new Placeholder("x", [null, 64]);
        var (a, b) = (new Variable("a", [64, 64], Initializer.Ones()), new Variable("b", [64, 64], Initializer.Ones()));
        var model = new Model(default, x.MatMul(a * b));
        using var predictor = model.Predictor(follow: true);
        var ones = new float[64];
        Array.Fill(ones, 1);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var results = new float[64];
            while (!stop.IsCancellationRequested)
            {
                predictor.Predict(ones, results);
                // All weights are 1, or all products are 4: nothing between.
                Assert.Contains(results[0], (float[])[64, 256]);
                Assert.All(results, result => Assert.Equal(results[0], result));
            }
        })).ToArray();
        IReadOnlyList<Variable> both = [a, b];
        for (var i = 0; i < 200; i++)
        {
            var all = new float[2 * 64 * 64];
            Array.Fill(all, i % 2 == 0 ? 2 : 1);
            both.SetVector(all);
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public void Without_the_memory_for_it_nothing_is_prepared()
    {
        var a = new Variable("a", [2048, 2048], Initializer.Ones());
        var x = new Placeholder("x", [null, 2048]);
        Assert.Equal(1, a.Values[0, 0]);
        using var limit = MemoryBudget.Pretend(8 << 20);
        var (outputs, prepared) = Prepared.Of([x.MatMul(a * 2f)], new CompilerOptions { Inference = true });
        Assert.Null(prepared);
        Assert.Contains(a, GraphOrder.Of(outputs));
    }
}
