using System.Numerics.Tensors;

namespace SimpleFlow.Tests.Diagnostics;

public class TraceTests
{
    private static double[] Elements(Tensor<double>? tensor) => TensorMemory.ToArray(tensor!);

    [Fact]
    public void Its_values_and_gradients_are_those_of_the_plain_reading()
    {
        var trace = Trace.Of(Complicated.Losses, Complicated.Feed);
        var expected = PlainReading.ValuesOf([trace.Loss], PlainReading.Fed(Complicated.Feed));
        foreach (var row in trace.Rows)
        {
            Assert.Equal(expected[row.Node].Elements, Elements(row.Value.Values));
            Assert.Equal(expected[row.Node].Shape, row.Value.Shape);
            if (row.Gradient is null) continue;
            var gradient = PlainReading.Of(Gradients.Of(trace.Loss, row.Node), Complicated.Feed)[0];
            Assert.Equal(Elements(gradient), Elements(row.Gradient.Values));
        }
        Assert.All(trace.Rows.Where(row => row.Node is Variable), row => Assert.NotNull(row.Gradient));
        Assert.Empty(trace.Rows.Single(row => row.Kind.StartsWith("RandomMask", StringComparison.Ordinal)).LocalRules);
    }

    [Fact]
    public void Inputs_come_before_what_is_computed_from_them()
    {
        var trace = Trace.Of(Complicated.Losses, Complicated.Feed);
        Assert.Equal(Enumerable.Range(0, trace.Rows.Count), trace.Rows.Select(row => row.Number));
        Assert.All(trace.Rows, row => Assert.DoesNotContain(row.Inputs, input => input >= row.Number));
        foreach (var row in trace.Rows.Where(row => row.Node is Operation { Op: not RandomOp }))
            Assert.Equal(row.Node.Inputs, row.Inputs.Select(input => trace.Rows[input].Node));
        Assert.Same(trace.Loss, trace.Rows[^1].Node);
        Assert.All(trace.Rows, row => Assert.Equal(row.Node is Operation, row.Time > TimeSpan.Zero));
    }

    [Fact]
    public void Its_statistics_tell_a_dead_layer_and_what_is_not_finite()
    {
        var w = new Variable("w", [2, 3], Initializer.Constant(-1, 0, 4, 2, -5, -2));
        var relu = w.Relu("relu");
        var row = Trace.Of(relu.Sum(), [])[relu];
        Assert.Equal((1, 0, 4), (row.Value.Mean, row.Value.Minimum, row.Value.Maximum));
        Assert.Equal(Math.Sqrt(20), row.Value.Norm, 1e-12);
        Assert.Equal(4 / 6.0, row.Value.ShareOfZeros, 1e-12);
        Assert.Equal(4 / 6.0, Trace.Of(relu.Sum(), [])[w].Gradient!.ShareOfZeros, 1e-12);

        var log = w.Log("log");                                             // of −1, 0, 4, 2, −5, −2: three NaN and −∞
        var trace = Trace.Of(log.Sum(), [], differences: true);
        Assert.Equal(4, trace[log].Value.NonFinite);
        Assert.Equal(Math.Log(8) / 2, trace[log].Value.Mean, 1e-12);
        Assert.Equal((Math.Log(2), Math.Log(4)), (trace[log].Value.Minimum, trace[log].Value.Maximum));
        Assert.Null(trace[log].Differences);
        Assert.True(double.IsNaN(new TensorStatistics(new PlainTensor([0])).Mean));
    }

    [Fact]
    public void Local_rules_are_written_by_the_names_of_the_nodes()
    {
        var x = new Placeholder("x", [null, 2]);
        var w = new Variable("w", [2, 3]);
        var y = x.MatMul(w, name: "y");
        var trace = Trace.Of((y * y).Tanh("t").Sum(name: "loss"), new Feed { [x] = new float[,] { { 1, 2 } } });
        Assert.Equal(["δ(x) += δ(y)·wᵀ", "δ(w) += xᵀ·δ(y)"], trace[y].LocalRules);
        var square = trace[trace.Rows.Single(row => row.Kind == "Multiply").Node];
        Assert.Equal([$"δ(y) += δ(#{square.Number}) ∘ y", $"δ(y) += δ(#{square.Number}) ∘ y"], square.LocalRules);
        Assert.StartsWith($"δ(#{square.Number}) += δ(t) ∘ ", Assert.Single(trace.Rows.Single(row => row.Node.Name == "t").LocalRules),
            StringComparison.Ordinal);
        Assert.Empty(trace[w].LocalRules);
    }

    [Fact]
    public void Gradients_by_differences_stand_beside_the_analytic_ones()
    {
        Assert.All(Trace.Of(Complicated.Losses, Complicated.Feed).Rows, row => Assert.Null(row.Differences));
        var trace = Trace.Of(Complicated.Losses, Complicated.Feed, differences: true);
        foreach (var row in trace.Rows.Where(row => row.Gradient is not null))
        {
            Assert.True(row.Differences!.Agrees, row.Node.Label);
            var gradient = Elements(row.Gradient!.Values);
            Assert.Equal(Math.Min(16, gradient.Length), row.Differences.Elements.Count);
            Assert.All(row.Differences.Elements,
                element => Assert.Equal(gradient[row.Value.Plain.Offset([.. element.Index])], element.Analytic));
        }
        var wrong = Trace.Of(Flow.AddFlow(new Variable("w", [3]), new SignError()).Sum(), [], differences: true);
        Assert.False(wrong.Rows[0].Differences!.Agrees);
        Assert.Contains("WRONG", wrong.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_traced_is_refused_with_a_reason()
    {
        var x = new Placeholder("x", [null, 3]);
        var w = new Variable("w", [3]);
        Assert.Contains("`x` [?, 3] was not fed", Assert.Throws<GraphException>(() => Trace.Of((x * w).Sum(), [])).Message,
            StringComparison.Ordinal);
        Assert.Contains("was fed [2, 2]",
            Assert.Throws<GraphException>(() => Trace.Of((x * w).Sum(), new Feed { [x] = new float[2, 2] })).Message,
            StringComparison.Ordinal);
        Assert.Contains("a loss must be Float32", Assert.Throws<GraphException>(() => Trace.Of(x.ArgMax(), [])).Message,
            StringComparison.Ordinal);
        Assert.Contains("`other` is not part of the trace",
            Assert.Throws<KeyNotFoundException>(() => Trace.Of(w.Sum(), [])[new Variable("other", [])]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Trace.Of([], []));
        Assert.Throws<ArgumentNullException>(() => Trace.Of((Node)null!, []));
        Assert.Throws<ArgumentNullException>(() => Trace.Of(w.Sum(), null!));
        Assert.Throws<OperationCanceledException>(() => Trace.Of(w.Sum(), [], cancellation: new CancellationToken(canceled: true)));
    }
}
