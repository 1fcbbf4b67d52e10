namespace SimpleFlow.Tests.Training;

/// <summary>The search for a learning rate: what it finds where the answer is known, and that it leaves no trace.</summary>
public class LearningRateCurveTests
{
    private readonly Placeholder _x = new("x", [null, 1]);

    /// <summary>½·w² has the gradient w: with a rate r, w becomes (1 − r)·w. Rates around 1 fall at once
    /// to nothing, rates above 2 run away.</summary>
    private Model Bowl(Optimizer optimizer) => new((0.5f * new Variable("w", [], Initializer.Constant(8)).Power(2) + 0f * _x.Mean()).Mean(),
        optimizer: optimizer, metrics: _x.Mean(name: "x"));

    private Dataset Rows => new() { [_x] = new float[] { 1, 1, 1, 1, 1 } };

    [Fact]
    public void It_suggests_rates_that_lower_the_loss_and_finds_where_it_runs_away()
    {
        var curve = Bowl(new GradientDescent(0.123f, 0)).FindLearningRate(Rows, batchSize: 2, from: 1e-4f, to: 1000);
        Assert.True(curve.Diverged);
        Assert.InRange(curve.Steepest!.Value, 0.01f, 2);
        Assert.InRange(curve.TenthOfLowest!.Value, 0.01f, 2);
        Assert.Equal((curve.Rates.Count, curve.Rates.Count), (curve.Losses.Count, curve.Smoothed.Count));
        Assert.Equal(Math.Pow(1e7, 1 / 99.0), curve.Rates[1] / curve.Rates[0], 1e-5);
        Assert.Equal(32, curve.Losses[0]);
    }

    [Fact]
    public void Afterwards_everything_is_as_it_was()
    {
        float[] Trained(bool searching)
        {
            var model = Bowl(new Adam(0.05f));
            model.Fit(Rows, epochs: 3, batchSize: 2);
            if (searching)
            {
                model.FindLearningRate(Rows, batchSize: 2);
                Assert.Equal((0.05f, 9), (model.Optimizer!.LearningRate, model.Iterations));
                using var cancelled = new CancellationTokenSource();
                cancelled.Cancel();
                Assert.Throws<OperationCanceledException>(() => model.FindLearningRate(Rows, cancellation: cancelled.Token));
            }
            model.Fit(Rows, epochs: 3, batchSize: 2);
            return [.. model.Variables.SelectMany(variable => variable.Memory.Span.ToArray())];
        }
        Assert.Equal(Trained(searching: false), Trained(searching: true));
    }

    [Fact]
    public void A_loss_that_only_rises_suggests_nothing()
    {
        var w = new Variable("w", [], Initializer.Constant(0));
        var model = new Model(0.5f * w.Power(2) + _x.Mean(), optimizer: new GradientDescent(0.1f, 0));
        var curve = model.FindLearningRate(Rows, batchSize: 5);
        Assert.Null(curve.Steepest);
        Assert.Null(curve.TenthOfLowest);
        Assert.False(curve.Diverged);
    }

    [Fact]
    public void Bad_values_are_refused()
    {
        var model = Bowl(new GradientDescent(0.1f, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.FindLearningRate(Rows, from: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.FindLearningRate(Rows, from: 1, to: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.FindLearningRate(Rows, steps: 2));
        Assert.Throws<DataException>(() => model.FindLearningRate(Rows.Take(0)));
        Assert.Throws<TrainingException>(() => model.FindLearningRate(new Dataset { [_x] = new[] { float.NaN } }));
    }
}
