using SimpleFlow.Tests.Diagnostics;

namespace SimpleFlow.Tests.Training;

/// <summary>The trace of a model: what the next training step would do.</summary>
public class ModelTraceTests
{
    public static TheoryData<string> Optimizers =>
        ["gradient descent", "falling rate", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "clipped"];

    private static Optimizer Create(string name) => name switch
    {
        "gradient descent" => new GradientDescent(0.05f, 0),
        "falling rate" => new GradientDescent(0.05f, 0.01f),
        "momentum" => new Momentum(0.02f),
        "nesterov" => new Nesterov(0.02f),
        "adagrad" => new AdaGrad(0.1f),
        "rmsprop" => new RmsProp(0.02f),
        "adam" => new Adam(0.05f),
        "adamw" => new AdamW(0.05f, weightDecay: 0.1f),
        "clipped" => new GradientDescent(0.05f, 0) { ClipNorm = 0.5f, ClipValue = 2 },
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    [Theory, MemberData(nameof(Optimizers))]
    public void The_update_is_what_the_next_step_does(string optimizer)
    {
        var regression = Regression.Create();
        var model = new Model(regression.Loss, optimizer: Create(optimizer));
        for (var step = 0; step < 4; step++) AssertNextStepIsTraced(model, regression.Feed);
    }

    [Fact]
    public void With_random_ops_and_two_losses_too()
    {
        var w = new Variable("w", [3, 40], Initializer.Normal(1));
        var fixedOne = new Variable("fixed", [40], trainable: false);
        var masked = w * w.RandomMask(0.5f) + fixedOne;
        var model = new Model([masked.Power(2).Mean(name: "first"), w.Tanh()], optimizer: new Adam(), seed: 5);
        for (var step = 0; step < 3; step++) AssertNextStepIsTraced(model, []);
        Assert.Null(model.Trace([])[fixedOne].Update);
        Assert.NotNull(model.Trace([])[fixedOne].Gradient);
    }

    private static void AssertNextStepIsTraced(Model model, Feed feed)
    {
        double[] Parameters() =>
            [.. model.Variables.SelectMany(variable => TensorMemory.ToArray(variable.Values)).Select(number => (double)number)];
        var before = Parameters();
        var iterations = model.Iterations;
        var trace = model.Trace(feed);
        Assert.Equal(before, Parameters());
        Assert.Equal(iterations, model.Iterations);

        var updates = model.Variables.SelectMany(variable =>
            trace[variable].Update?.Plain.Elements ?? new double[variable.Shape.ElementCount]).ToArray();
        var loss = model.Fit(feed, 1).Loss;
        Assert.Equal(loss, trace[trace.Loss].Value.Mean, 1e-4 * Math.Abs(loss));
        var after = Parameters();
        Assert.Contains(updates, update => update != 0);
        for (var i = 0; i < before.Length; i++) Assert.Equal(after[i] - before[i], updates[i], 1e-6 + 1e-4 * Math.Abs(updates[i]));
    }

    [Fact]
    public void Tracing_changes_nothing_of_a_later_fit()
    {
        float[] Trained(bool traced)
        {
            var regression = Regression.Create();
            var model = new Model(regression.Loss, optimizer: new Adam(0.05f));
            for (var i = 0; i < 5; i++)
            {
                if (traced) model.Trace(regression.Feed, differences: true);
                model.Fit(regression.Feed, 1);
            }
            return [.. model.Variables.SelectMany(variable => TensorMemory.ToArray(variable.Values))];
        }
        Assert.Equal(Trained(false), Trained(true));
    }

    [Fact]
    public void A_model_without_an_optimizer_has_no_updates_and_one_without_a_loss_no_trace()
    {
        var model = new Model(Complicated.Losses);
        Assert.All(model.Trace(Complicated.Feed).Rows, row => Assert.Null(row.Update));
        Assert.Contains("no loss",
            Assert.Throws<GraphException>(() => new Model(default, predictions: Complicated.Losses[0]).Trace(Complicated.Feed)).Message,
            StringComparison.Ordinal);
        Assert.Contains("was not fed", Assert.Throws<GraphException>(() => model.Trace([])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => model.Trace(null!));
    }
}
