namespace SimpleFlow.Tests.Training;

/// <summary>Evaluating and predicting change nothing: no variable, no running average, no count of steps, nothing
/// that random numbers are drawn from.</summary>
public class NothingChangesTests
{
    private readonly Placeholder _x = new("x", [null, 2]);
    private readonly Variable _counter = new("counter", [], Initializer.Zeros(), trainable: false),
        _seen = new("seen", [2], Initializer.Zeros(), trainable: false);

    private static float[,] Rows => new float[5, 2] { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 }, { 9, 9 } };

    [Fact]
    public void Assignments_are_made_by_training_steps_alone()
    {
        // One among the metrics, one among the predictions, one inside of the loss, and one that is read further.
        var total = new Variable("total", [], Initializer.Zeros(), trainable: false);
        var body = Layers.Dropout(Layers.BatchNorm(Layers.Dense(_x, 3, name: "hidden"), name: "norm"), 0.5f);
        var loss = (Layers.Dense(body, 1, name: "out").Power(2).Mean() + 0f * total.Assign(total + 1f)).Sum(name: "cost");
        var steps = _counter.Assign(_counter + 1f, "steps");
        var model = new Model(loss, [body, _seen.Assign(_x.Mean(axis: 0), "last"), body + Flow.AddFlow(_x, new RandomNormal()).Sum()],
            new Adam(), [steps, steps * 2f]);
        var data = new Dataset { [_x] = Rows };
        model.Fit(data, epochs: 1, batchSize: 2);
        Assert.Equal((3, 3), (_counter.Value, total.Value));
        Assert.Equal([0, 0], _seen.Values.ToArray());

        var before = Everything(model);
        var first = Answers();
        Assert.Equal(first, Answers());
        Assert.Equal(before, Everything(model));
        Assert.Equal([4, 8, 5, 5.8f], [.. new[] { "steps", "steps * 2" }.Select(name => (float)model.Evaluate(data).Metrics[name]),
            .. model.PredictAll(new Feed { [_x] = Rows })[1].ToArray()]);
        model.Fit(data, epochs: 1, batchSize: 5, validation: data);
        Assert.Equal(4, _counter.Value);

        List<float> Answers()
        {
            List<float> all = [(float)model.Evaluate(data).Loss, (float)model.Evaluate(new Feed { [_x] = Rows }).Loss,
                .. model.Predict(data).ToArray()];
            foreach (var prediction in model.PredictAll(new Feed { [_x] = Rows })) all.AddRange(prediction.ToArray());
            return all;
        }
    }

    private static List<object> Everything(Model model) =>
        [model.Iterations, model.Seed, model.History.Epochs.Count,
            .. model.AllVariables.SelectMany(variable => variable.Memory.Span.ToArray()).Cast<object>()];
}
