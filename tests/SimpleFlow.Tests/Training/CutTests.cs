namespace SimpleFlow.Tests.Training;

/// <summary>A new head on a body that was trained before: frozen, thawed, and with its features computed once.</summary>
public sealed class CutTests
{
    private readonly Placeholder _x = new("x", [null, 4]);
    private readonly Placeholder _y = new("y", [null], ElementType.Int32);

    [Fact]
    public void A_frozen_body_gives_the_same_features_before_and_after_a_head_is_trained_on_it()
    {
        var old = Old();
        var (tuned, body) = Tuned(old);
        tuned.Freeze(body.Variables());
        var features = new Model(losses: [], predictions: body);
        var (before, weights) = (Numbers(features, Rows(20)), body.Variables().ToVector());
        tuned.Fit(Rows(64), epochs: 5, batchSize: 16);
        Assert.Equal(before, Numbers(features, Rows(20)));
        Assert.Equal(weights, body.Variables().ToVector());
        Assert.True(tuned.History.Last.Loss < tuned.History.Epochs[0].Loss);
    }

    [Fact]
    public void A_frozen_body_computes_in_training_what_it_computes_in_use()
    {
        // With the statistics of the batch, a batch of one row would normalise everything to 0.
        var (tuned, body) = Tuned(Old());
        tuned.Freeze(body.Variables());
        var feed = Rows(1).Sample(1);
        var used = tuned.Evaluate(feed).Loss;
        Assert.Equal(used, tuned.Step(feed).Loss, 1e-6f);
    }

    [Fact]
    public void Gradients_reach_a_thawed_body_and_not_a_frozen_one_and_its_statistics_stay()
    {
        var (tuned, body) = Tuned(Old());
        var weights = body.Variables().Where(variable => variable.IsTrainable).ToList();
        var statistics = body.Variables().Where(variable => !variable.IsTrainable).ToList();
        Assert.Equal(2, statistics.Count);
        var before = statistics.ToVector();
        var feed = Rows(16).Sample(16);
        Assert.All(weights, variable => Assert.Contains(tuned.Gradients(feed)[variable].ToArray(), number => number != 0));
        tuned.Freeze(body.Variables());
        Assert.All(weights, variable => Assert.Throws<KeyNotFoundException>(() => tuned.Gradients(feed)[variable]));
        tuned.Thaw(body.Variables());
        var old = weights.ToVector();
        tuned.Step(feed);
        Assert.NotEqual(old, weights.ToVector());
        Assert.Equal(before, statistics.ToVector());
    }

    [Fact]
    public void A_body_learns_at_a_rate_of_its_own()
    {
        var old = Old();
        var body = old.Cut("hidden");
        var scores = Layers.Dense(body, 3, name: "head");
        var weights = body.Variables().Where(variable => variable.IsTrainable).ToList();
        var tuned = new Model(Losses.SoftmaxCrossEntropy(scores, _y), scores,
            new GradientDescent(0.1f) { Groups = [new VariableGroup(weights, rateFactor: 0)] });
        var before = weights.ToVector();
        tuned.Step(Rows(16).Sample(16));
        Assert.Equal(before, weights.ToVector());
    }

    [Fact]
    public void An_unknown_name_is_answered_with_similar_ones_and_the_way_to_all()
    {
        var error = Assert.Throws<GraphException>(() => Old().Cut("hiden"));
        Assert.Equal("The model has no node 'hiden'. Did you mean 'hidden'? model.NodeNames() lists those that it has.", error.Message);
        Assert.Contains("hidden", Old().NodeNames());
        Assert.Contains("'norm/scale'", Assert.Throws<GraphException>(() => Old().Cut("norm/")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_is_cut_behind_its_activation_function()
    {
        var conv = Layers.Conv1D(_x.Unsqueeze([1]), 3, 2, Activation.Gelu, name: "conv");
        var hidden = Layers.Dense(conv.Flatten(), 5, Activation.Tanh, name: "hidden");
        var scores = Layers.Dense(hidden, 2, name: "scores");
        var model = new Model(losses: [], predictions: [scores]);
        Assert.Same(hidden, model.Cut("hidden"));
        Assert.Same(scores, model.Cut("scores"));
        // GELU is made of several ops.
        Assert.Same(conv, model.Cut("conv"));
        Assert.Contains("conv", model.NodeNames());
    }

    [Fact]
    public void A_name_of_several_nodes_is_no_place_to_cut()
    {
        var twice = _x.Relu("twice") + _x.Tanh("twice");
        var error = Assert.Throws<GraphException>(() => new Model(losses: [], predictions: twice).Cut("twice"));
        Assert.StartsWith("2 nodes of the model are called 'twice'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_trained_on_kept_features_is_that_of_the_whole_model()
    {
        // The same seeds and batches: once through the frozen body in every epoch, once on features computed before.
        Model Trained(bool keep)
        {
            var (tuned, body) = Tuned(Old());
            tuned.Freeze(body.Variables());
            if (!keep)
            {
                tuned.Fit(Rows(64), epochs: 4, batchSize: 16);
                return tuned;
            }
            var head = tuned.Head(body);
            head.Model.Fit(head.Features(Rows(64), batchSize: 10), epochs: 4, batchSize: 16);
            return tuned;
        }
        var (through, kept) = (Trained(keep: false), Trained(keep: true));
        var (expected, actual) = (Numbers(through, Rows(20)), Numbers(kept, Rows(20)));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f);
        Assert.NotEqual(Numbers(Tuned(Old()).Tuned, Rows(20)), actual);
    }

    [Fact]
    public void Features_are_reported_batch_by_batch_and_can_be_cancelled()
    {
        var (tuned, body) = Tuned(Old());
        var head = tuned.Head(body);
        var told = new Told();
        var features = head.Features(Rows(25), batchSize: 10, told);
        Assert.Equal([new(10, 25), new(20, 25), new(25, 25)], told.Values);
        Assert.Equal([25, 6], features[head.Input].Dimensions.ToArray());
        Assert.Equal(25, features[_y].Rows);
        Assert.Equal(2, features.Count);
        using var cancelled = new CancellationTokenSource();
        told.Cancels = cancelled;
        Assert.Throws<OperationCanceledException>(() => head.Features(Rows(25), batchSize: 10, told, cancelled.Token));
        Assert.Equal(4, told.Values.Count);
    }

    [Fact]
    public void Features_of_rows_that_change_cannot_be_kept()
    {
        var picture = new Placeholder("picture", [null, 1, 4, 4]);
        var body = picture.Flatten();
        var scores = Layers.Dense(body, 3);
        var model = new Model(Losses.SoftmaxCrossEntropy(scores, _y), scores, new Adam());
        var rows = new Dataset { [picture] = new float[2, 1, 4, 4], [_y] = new[] { 0, 1 } };
        var changed = rows.Augment(picture, new ImageAugmentation(4, 4, 1) { Shift = 1 });
        var error = Assert.Throws<DataException>(() => model.Head(body).Features(changed));
        Assert.Contains("Augment", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_would_change_its_own_features_is_refused()
    {
        var w = new Variable("w", [4, 4]);
        var body = _x.MatMul(w).Relu();
        var scores = Layers.Dense(body.MatMul(w), 3);
        var model = new Model(Losses.SoftmaxCrossEntropy(scores, _y), scores, new Adam());
        Assert.StartsWith("`w` is used before", Assert.Throws<GraphException>(() => model.Head(body)).Message, StringComparison.Ordinal);
        model.Freeze(w);
        Assert.Same(w, Assert.Single(model.Head(body).Model.Frozen));
    }

    [Fact]
    public void A_head_needs_a_node_of_the_model_with_something_behind_it()
    {
        var (tuned, _) = Tuned(Old());
        Assert.Contains("does not compute", Assert.Throws<GraphException>(() => tuned.Head(_x.Relu())).Message, StringComparison.Ordinal);
        var alone = new Model(losses: [], predictions: [_x.Relu("all")]);
        Assert.Contains("nothing behind", Assert.Throws<GraphException>(() => alone.Head(alone.Predictions[0])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_a_new_head_is_saved_and_continues_where_it_was()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("simpleflow-cut-").FullName, "model.safetensors");
        var (tuned, body) = Tuned(Old());
        tuned.Freeze(body.Variables());
        tuned.Fit(Rows(64), epochs: 2, batchSize: 16);
        tuned.Save(path);
        var (again, other) = Tuned(Old());
        again.Freeze(other.Variables());
        again.Load(path);
        Assert.Equal(Numbers(tuned, Rows(20)), Numbers(again, Rows(20)));
        tuned.Fit(Rows(64), epochs: 1, batchSize: 16);
        again.Fit(Rows(64), epochs: 1, batchSize: 16);
        Assert.Equal(Numbers(tuned, Rows(20)), Numbers(again, Rows(20)));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    // A network with batch normalisation and dropout, trained a little, so that its running averages are those of data.
    private Model Old()
    {
        var norm = Layers.BatchNorm(Layers.Dense(_x, 6, name: "first"), name: "norm");
        var hidden = Layers.Dropout(norm, 0.5f).Relu("hidden");
        var scores = Layers.Dense(hidden, 2, name: "old head");
        var model = new Model(Losses.SoftmaxCrossEntropy(scores, _y), scores, new Adam(0.01f), seed: 1);
        model.Fit(Rows(64, classes: 2), epochs: 2, batchSize: 16);
        return model;
    }

    private (Model Tuned, Node Body) Tuned(Model old)
    {
        var body = old.Cut("hidden");
        var scores = Layers.Dense(body, 3, name: "head");
        return (new Model(Losses.SoftmaxCrossEntropy(scores, _y), scores, new Adam(0.02f), Metrics.Accuracy(scores, _y), seed: 2), body);
    }

    private Dataset Rows(int count, int classes = 3)
    {
        var random = new Random(count);
        var (points, labels) = (new float[count, 4], new int[count]);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < 4; j++) points[i, j] = random.NextSingle() * 4 - 1;
            labels[i] = Math.Clamp((int)(points[i, 0] + points[i, 1]), 0, classes - 1);
        }
        return new Dataset { [_x] = points, [_y] = labels };
    }

    private static float[] Numbers(Model model, Dataset rows) => [.. model.Predict(rows)];

    private sealed class Told : IProgress<RowProgress>
    {
        public List<RowProgress> Values { get; } = [];

        public CancellationTokenSource? Cancels { get; set; }

        public void Report(RowProgress value)
        {
            Values.Add(value);
            Cancels?.Cancel();
        }
    }
}
