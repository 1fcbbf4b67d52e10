namespace SimpleFlow.Tests.Training;

/// <summary>Losses and metrics over a data set are what one batch of all its rows gives, whatever the size of the batches.</summary>
public class TotalsTests
{
    private const int Rows = 11;
    private readonly Placeholder _x = new("x", [null, 3]), _y = new("y", [null], ElementType.Int32), _t = new("t", [null, 1]);
    private readonly Variable _w = new("w", [3, 4], Initializer.Normal(1)), _v = new("v", [3, 1], Initializer.Normal(1));

    public static TheoryData<string> Names => [.. new TotalsTests().Numbers.Keys];

    private Node Logits => _x.MatMul(_w);

    private Node Predicted => _x.MatMul(_v);

    private Dictionary<string, Node> Numbers => new(StringComparer.Ordinal)
    {
        ["mean squared error"] = Losses.MeanSquaredError(Predicted, _t),
        ["mean absolute error"] = Losses.MeanAbsoluteError(Predicted, _t),
        ["Huber"] = Losses.Huber(Predicted, _t),
        ["binary cross-entropy"] = Losses.BinaryCrossEntropy(Predicted, _t.Sigmoid()),
        ["cross-entropy"] = Losses.CrossEntropy(Logits.Softmax(), _y),
        ["softmax cross-entropy"] = Losses.SoftmaxCrossEntropy(Logits, _y, smoothing: 0.1f),
        ["class weights"] = Losses.SoftmaxCrossEntropy(Logits, _y, classWeights: [1, 10, 0.5f, 3]),
        ["ignored rows"] = Losses.SoftmaxCrossEntropy(Logits, _y, ignoreIndex: 3),
        ["weights and ignored rows"] = Losses.SoftmaxCrossEntropy(Logits, _y, classWeights: [1, 10, 0.5f, 3], ignoreIndex: 3,
            smoothing: 0.1f),
        ["cross-entropy, ignored rows"] = Losses.CrossEntropy(Logits.Softmax(), _y, ignoreIndex: 0),
        ["accuracy"] = Metrics.Accuracy(Logits, _y),
        ["accuracy, ignored rows"] = Metrics.Accuracy(Logits, _y, ignoreIndex: 3),
        ["top 2"] = Metrics.TopK(Logits, _y, 2, ignoreIndex: 0),
        ["sum"] = (Predicted - _t).Power(2).Sum(),
        ["sum of rows and means"] = (Predicted - _t).Abs().Sum() + 2f * Losses.MeanSquaredError(Predicted, _t) + Losses.L2(0.1f, _w),
        ["weights and a penalty"] = Losses.SoftmaxCrossEntropy(Logits, _y, classWeights: [1, 10, 0.5f, 3]) + Losses.L2(0.1f, _w),
        ["root"] = Losses.MeanSquaredError(Predicted, _t).Sqrt(),
        ["perplexity"] = Losses.SoftmaxCrossEntropy(Logits, _y).Exp(),
        ["largest error"] = (Predicted - _t).Abs().Max(),
        ["mean of roots of columns"] = Logits.Power(2).Mean(axis: 0).Sqrt().Mean(),
        ["explained share"] = 1f - (Predicted - _t).Power(2).Sum() / (_t.Power(2).Mean() - _t.Mean().Power(2)),
        ["F1 of class 1"] = F1(Logits.ArgMax().Cast().Equal(1f).Cast(), _y.Cast().Equal(1f).Cast()),
        ["macro F1"] = MacroF1(Logits.ArgMax().OneHot(4), _y.OneHot(4)),
        ["share that is counted"] = _y.Cast().Less(2f).Cast().Sum() / _y.Cast().Mean(),
        ["penalty alone"] = Losses.L2(0.1f, _w),
        ["a number of each row"] = (Predicted - _t).Abs(),
    };

    private static Node F1(Node predicted, Node right) => 2f * (predicted * right).Sum() / (predicted.Sum() + right.Sum() + 1e-9f);

    // Rows of a confusion matrix by a product along the batch.
    private static Node MacroF1(Node predicted, Node right)
    {
        var counts = right.MatMul(predicted, transposeLeft: true);                          // [classes, classes]
        var hits = (right * predicted).Sum(axis: 0);
        return (2f * hits / (counts.Sum(axis: 0) + counts.Sum(axis: 1) + 1e-9f)).Mean();
    }

    [Theory, MemberData(nameof(Names))]
    public void The_size_of_the_batches_makes_no_difference(string name)
    {
        var metric = Numbers[name];
        var model = new Model(metric, metrics: (metric * 1f).Mean(name: "metric"));
        var feed = new Feed { [_x] = X, [_y] = Y, [_t] = T };
        var expected = model.Evaluate(feed);
        Assert.Equal(expected.Loss, (double)model.Losses[0].Values.ToArray().Sum(), 1e-5 * Math.Max(1, Math.Abs(expected.Loss)));
        foreach (var batch in new[] { 1, 2, 3, 4, 7, 10, 11, 100 })
        {
            var actual = model.Evaluate(new Dataset { [_x] = X, [_y] = Y, [_t] = T }, batch);
            Assert.Equal(expected.Loss, actual.Loss, 2e-6 * Math.Max(1, Math.Abs(expected.Loss)));
            Assert.Equal(expected.Metrics["metric"], actual.Metrics["metric"], 2e-6 * Math.Max(1, Math.Abs(expected.Loss)));
        }
    }

    [Fact]
    public void The_numbers_of_an_epoch_are_put_together_in_the_same_way()
    {
        // With a rate of 0 the weights stand still, so that the training's numbers are those of an evaluation.
        var loss = Losses.SoftmaxCrossEntropy(Logits, _y, classWeights: [1, 10, 0.5f, 3], ignoreIndex: 3);
        var model = new Model(loss, optimizer: new GradientDescent(0, 0),
            metrics: [Metrics.Accuracy(Logits, _y, ignoreIndex: 3), loss.Exp("perplexity")]);
        var data = new Dataset { [_x] = X, [_y] = Y };
        var expected = model.Evaluate(new Feed { [_x] = X, [_y] = Y });
        var epoch = model.Fit(data, epochs: 1, batchSize: 4, validation: data).Last;
        foreach (var actual in new[] { epoch.Training, epoch.Validation! })
        {
            Assert.Equal(expected.Loss, actual.Loss, 1e-6);
            Assert.Equal(expected.Perplexity, actual.Metrics["perplexity"], 1e-5);
            Assert.Equal(expected.Metrics["accuracy"], actual.Metrics["accuracy"], 1e-6);
        }
    }

    [Fact]
    public void A_training_that_is_resumed_within_an_epoch_tells_the_same_numbers()
    {
        using var folder = new SimpleFlow.Tests.Plots.TemporaryFolder();
        var data = new Dataset { [_x] = X, [_y] = Y };
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Model().Fit(data, new FitOptions
        {
            Epochs = 2,
            BatchSize = 2,
            Callbacks = [new Stopping(source, 3), new Checkpoint(folder.File("run"))],
        }, source.Token));
        var resumed = Model().Fit(data, new FitOptions
        {
            Epochs = 2,
            BatchSize = 2,
            Callbacks = [new Stopping(source, -1), new Checkpoint(folder.File("run"))],
            Resume = folder.File("run"),
        });
        Assert.Equal(Model().Fit(data, epochs: 2, batchSize: 2).Losses, resumed.Losses);

        Model Model()
        {
            _w.Set([.. Enumerable.Range(0, 12).Select(i => i / 10f)]);
            return new(Losses.SoftmaxCrossEntropy(Logits, _y, classWeights: [1, 10, 0.5f, 3]) + Losses.L2(0.1f, _w),
                optimizer: new Momentum(0.1f), metrics: (Logits.Abs().Max()).Sqrt("reach"));
        }
    }

    private sealed class Stopping(CancellationTokenSource source, int step) : Callback
    {
        protected internal override void AfterStep(TrainingRun run)
        {
            if (run.Position.Step == step) source.Cancel();
        }
    }

    private static float[,] X
    {
        get
        {
            var x = new float[Rows, 3];
            for (var i = 0; i < x.Length; i++) x[i / 3, i % 3] = (i * 37 % 101 - 50) / 25f;
            return x;
        }
    }

    private static int[] Y => [0, 1, 3, 3, 2, 1, 0, 3, 2, 1, 1];

    private static float[,] T
    {
        get
        {
            var t = new float[Rows, 1];
            for (var i = 0; i < Rows; i++) t[i, 0] = (i * 53 % 17 - 8) / 4f;
            return t;
        }
    }
}
